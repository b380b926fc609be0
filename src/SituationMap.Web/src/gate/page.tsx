import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { SignInForm } from '../access/signIn';
import { Unsent } from '../offline/unsent';
import { Desk } from './desk';
import type { Gate } from './gate';
import { SavedPage } from './saved';

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

export function Page({ gate }: { gate: Gate }) {
  const { t, outbox, keeper, hindrance, session, times } = gate;
  const kept = keeper.kept.value;
  const what = hindrance.value;
  return (
    <>
      <header class="top">
        <a class="where" href="#desk">
          <h1>{kept?.pack.name ?? t('gate.title')}</h1>
        </a>
        <Unsent t={t} outbox={outbox} isOffline={what === 'offline'} href="#saved" />
      </header>
      <main>
        {isSecureContext ? null : <p class="words">{t('gate.insecure')}</p>}
        {what === null || what === 'forbidden' || (what === 'offline' && kept !== null) ? null : (
          <p class="words" role="status">
            {t(`gate.hindrance.${what}`)}
          </p>
        )}
        {what === 'offline' && kept !== null ? (
          <p class="words" role="status">
            {t('gate.as-of', { time: times.moment(kept.contact) })}
          </p>
        ) : null}
        {what === 'signed-out' ? (
          <section class="words sign-in-here">
            {session.value?.localMode ? <p>{t('access.local.open')}</p> : null}
            <SignInForm t={t} />
          </section>
        ) : null}
        {hash.value === '#saved' ? (
          <SavedPage gate={gate} />
        ) : kept !== null ? (
          <Desk gate={gate} />
        ) : (
          <Choose gate={gate} />
        )}
      </main>
    </>
  );
}

/** Which checkpoint it is, or whom to ask where none is granted. */
function Choose({ gate }: { gate: Gate }) {
  const { t } = gate;
  const code = useRef<HTMLInputElement>(null);
  const session = gate.session.value;
  if (session === null || (session.name === null && session.kind === null)) return null;
  const granted = session.checkpoints;
  const isGuard = session.rights.some(({ right }) => right === 'guard');
  if (!isGuard || granted?.length === 0) return <p class="words">{t('gate.nobody')}</p>;
  return (
    <section>
      {gate.hindrance.value === 'forbidden' ? <p class="words">{t('gate.elsewhere')}</p> : null}
      <h2>{t('gate.choose')}</h2>
      {granted === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void gate.choose(code.current!.value.trim());
          }}
        >
          <label>
            {t('gate.choose.code')}
            <input ref={code} placeholder="C-1" autocapitalize="characters" required />
          </label>
          <button type="submit" class="primary wide">
            {t('gate.choose.open')}
          </button>
        </form>
      ) : (
        <div class="pair">
          {granted.map((one) => (
            <button key={one.code} type="button" onClick={() => void gate.choose(one.code)}>
              {one.from === null ? one.code : `${one.code} ${one.from}–${one.to}`}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
