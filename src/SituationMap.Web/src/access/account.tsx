import { signal } from '@preact/signals';
import type { PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import { askSession, may, type Session, signOut } from '../session/session';
import { Manage } from './manage';
import { SignInForm } from './signIn';

const every = 20_000; // ms

/** Who the page acts for, with signing in and out, and managing accounts where that is allowed. */
export function account({ slots }: PageParts, { session, t, times }: SessionParts): void {
  const local = session.kind === 'local';
  const managing = signal(false);
  const open = () => {
    managing.value = true;
  };
  watch(session);
  slots.put(
    'folds',
    <details class="jobs account">
      <summary>{local ? t('access.local') : t('access.signedIn', { name: session.name ?? '' })}</summary>
      {local ? <p class="hint">{t('access.local.hint')}</p> : null}
      {local ? <SignInForm t={t} /> : <p>{rights(session, t)}</p>}
      <p class="actions">
        {may(session, 'administer') ? (
          <button type="button" onClick={open}>
            {t('access.manage')}
          </button>
        ) : null}
        {local ? null : (
          <button type="button" onClick={() => void signOut().then(() => location.reload())}>
            {t('access.signOut')}
          </button>
        )}
      </p>
    </details>,
  );
  if (may(session, 'administer')) slots.put('dialogs', <Manage shown={managing} t={t} times={times} />);
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
