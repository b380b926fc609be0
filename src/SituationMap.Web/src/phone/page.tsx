import { SignInForm } from '../access/signIn';
import type { MessageKey } from '../i18n/messages';
import { Unsent } from '../offline/unsent';
import { HomePage } from './home';
import { ListPage } from './list';
import type { Phone } from './phone';
import { LockPage, PinPage } from './pin';
import { linkTo, route } from './route';
import { SavedPage } from './saved';

export function Page({ phone }: { phone: Phone }) {
  const shown = route.value;
  const door = shown.page === 'home' ? phone.doorOf(shown.household) : null;
  return (
    <>
      <Top phone={phone} />
      <main>
        <Words phone={phone} />
        {phone.vault.isLocked.value ? (
          <LockPage phone={phone} />
        ) : shown.page === 'pin' ? (
          <PinPage phone={phone} />
        ) : shown.page === 'saved' ? (
          <SavedPage phone={phone} />
        ) : door ? (
          <HomePage key={door.home.household} phone={phone} door={door} />
        ) : (
          <ListPage phone={phone} />
        )}
      </main>
    </>
  );
}

/** Where the round is, and always: what is not sent yet. */
function Top({ phone }: { phone: Phone }) {
  const { t, outbox, keeper, hindrance } = phone;
  return (
    <header class="top">
      <a class="where" href={linkTo({ page: 'list' })}>
        <h1>{keeper.kept.value?.pack.name ?? t('phone.title')}</h1>
      </a>
      <Unsent t={t} outbox={outbox} isOffline={hindrance.value === 'offline'} href={linkTo({ page: 'saved' })} />
    </header>
  );
}

/** What stands in the way, and that nothing is lost by it. */
function Words({ phone }: { phone: Phone }) {
  const { t, hindrance, keeper, session, times, vault } = phone;
  const what = hindrance.value;
  const kept = keeper.kept.value;
  return (
    <>
      {isSecureContext ? null : <p class="words">{t('phone.insecure')}</p>}
      {what === null || (what === 'offline' && (kept !== null || vault.isLocked.value)) ? null : (
        <p class="words" role="status">
          {t(`phone.hindrance.${what}` as MessageKey)}
        </p>
      )}
      {what === 'signed-out' ? (
        <section class="words sign-in-here">
          {session.value?.localMode ? <p>{t('access.local.open')}</p> : null}
          <SignInForm t={t} />
        </section>
      ) : null}
      {what === 'offline' && kept !== null ? (
        <p class="words" role="status">
          {t('phone.as-of', { time: times.moment(kept.contact) })}
        </p>
      ) : null}
    </>
  );
}
