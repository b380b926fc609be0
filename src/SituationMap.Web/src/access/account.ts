import { h } from '../dom';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { manage } from './manage';
import { askSession, may, type Session, signOut } from './session';
import { signInForm } from './signIn';

const every = 20_000; // ms

/** Who the page acts for, with signing in and out, and managing accounts where that is allowed. */
export function accountFold(session: Session, t: Translator, times: Times): HTMLElement {
  const local = session.kind === 'local';
  watch(session);
  return h(
    'details',
    { class: 'jobs account' },
    h('summary', {}, local ? t('access.local') : t('access.signedIn', { name: session.name ?? '' })),
    local ? h('p', { class: 'hint' }, t('access.local.hint')) : null,
    local ? signInForm(t) : h('p', {}, rights(session, t)),
    h(
      'p',
      { class: 'actions' },
      may(session, 'administer')
        ? h('button', { type: 'button', onclick: () => void manage(t, times) }, t('access.manage'))
        : null,
      local
        ? null
        : h(
            'button',
            { type: 'button', onclick: () => void signOut().then(() => location.reload()) },
            t('access.signOut'),
          ),
    ),
  );
}

const rights = (session: Session, t: Translator): string =>
  session.rights
    .map(({ right, grids }) =>
      grids === null
        ? t(`access.right.${right}`)
        : t('access.rightIn', { right: t(`access.right.${right}`), grids: grids.join(', ') }),
    )
    .join(t('access.and'));

/** What was granted or revoked meanwhile is what the page shows: it is loaded anew. */
function watch(session: Session): void {
  const known = JSON.stringify([session.name, session.rights]);
  setInterval(() => {
    askSession().then(
      (now) => {
        if (JSON.stringify([now.name, now.rights]) !== known) location.reload();
      },
      () => {},
    ); // the map says by itself that the server is away
  }, every);
}
