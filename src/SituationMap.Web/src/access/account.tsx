import type { PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import { askSession, type Session, signOut } from '../session/session';
import { ownAccountEntry } from './openOwn';
import { SignInForm } from './signIn';

const every = 20_000; // ms

/** Who the page acts for, with signing in and out, and managing accounts where that is allowed. */
export function account(page: PageParts, parts: SessionParts): void {
  const { slots } = page;
  const { session, t } = parts;
  const local = session.kind === 'local';
  const own = session.kind === 'session' ? ownAccountEntry(page, parts) : null;
  watch(session, () => own?.isOpen() === true);
  slots.put(
    'account',
    <section class="account">
      <h2>{local ? t('access.local') : t('access.signedIn', { name: session.name ?? '' })}</h2>
      {local ? <p class="hint">{t('access.local.hint')}</p> : null}
      {local ? <SignInForm t={t} /> : <p>{rights(session, t)}</p>}
      {session.secondFactorNeeded ? <p class="message">{t('own.factor.needed')}</p> : null}
      <p class="actions">
        {own ? (
          <button type="button" onClick={() => void own.open()}>
            {t('own.title')}
          </button>
        ) : null}
        {local ? null : (
          <button type="button" onClick={() => void signOut().then(() => location.reload())}>
            {t('access.signOut')}
          </button>
        )}
      </p>
    </section>,
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

/**
 * What was granted or revoked meanwhile is what the page shows: it is loaded anew. Not while the own account is open, which
 * may show recovery codes that nobody can see again.
 */
function watch(session: Session, waits: () => boolean): void {
  const known = JSON.stringify([session.name, session.rights]);
  setInterval(() => {
    askSession().then(
      (now) => {
        if (!waits() && JSON.stringify([now.name, now.rights]) !== known) location.reload();
      },
      () => {},
    ); // the map says by itself that the server is away
  }, every);
}
