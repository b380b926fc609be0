import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { ApiError } from '../api/client';
import type { Notices } from '../frame/notices';
import type { Slots } from '../frame/slots';
import type { Translator } from '../i18n/messages';
import { timesIn } from '../i18n/times';
import { askSession, may, type Session, signIn, signOut } from '../session/session';
import { ownAccountEntry } from './openOwn';
import './access.css';

/**
 * Who may see the map here; asks to sign in until somebody may. The page is loaded anew after that, so nothing of
 * another person stays.
 */
export async function whoever(slots: Slots, notices: Notices, t: Translator): Promise<Session> {
  for (;;) {
    try {
      const session = await askSession();
      if (may(session, 'see')) return session;
      notices.clear();
      const times = timesIn(Intl.DateTimeFormat().resolvedOptions().timeZone, t);
      const own = ownAccountEntry({ slots, notices }, { session, t, times }, () => location.reload());
      slots.put('dialogs', <Gate session={session} t={t} own={own.open} />);
      return await new Promise<never>(() => {});
    } catch {
      notices.show(t('start.waiting'));
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
  }
}

/** The sign-in form in the middle of the page, or the word that an account may see nothing. */
function Gate({ session, t, own }: { session: Session; t: Translator; own: () => Promise<void> }) {
  return (
    <div id="gate">
      <section aria-labelledby="gate-title">
        <h2 id="gate-title">{t('title')}</h2>
        {session.name === null ? (
          <div>
            {session.localMode ? <p class="hint">{t('access.local.open')}</p> : null}
            <SignInForm t={t} />
          </div>
        ) : (
          <div class="nothing">
            <p>{session.secondFactorNeeded ? t('own.factor.needed') : t('access.nothing', { name: session.name })}</p>
            {session.secondFactorNeeded ? (
              <button type="button" class="main" onClick={() => void own()}>
                {t('own.title')}
              </button>
            ) : null}
            <button
              type="button"
              class={session.secondFactorNeeded ? '' : 'main'}
              onClick={() => void signOut().then(() => location.reload())}
            >
              {t('access.signOut')}
            </button>
          </div>
        )}
      </section>
    </div>
  );
}

/** Name and password, and a code where the account has a second factor; the page is loaded anew when they were right. */
export function SignInForm({ t }: { t: Translator }) {
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const code = useRef<HTMLInputElement>(null);
  const needsCode = useSignal(false);
  const sending = useSignal(false);
  const message = useSignal('');
  const send = async (event: Event) => {
    event.preventDefault();
    sending.value = true;
    message.value = '';
    try {
      await signIn(name.current!.value.trim(), password.current!.value, code.current?.value || null);
      location.reload();
    } catch (error) {
      sending.value = false;
      if (error instanceof ApiError && error.code === 'second-factor-needed') {
        needsCode.value = true;
        message.value = t('access.code.needed');
        return;
      }
      if (code.current) code.current.value = '';
      password.current!.value = '';
      password.current!.focus();
      const status = error instanceof ApiError ? error.status : null;
      message.value = t(status === null ? 'access.unreachable' : status === 429 ? 'access.often' : 'access.refused');
    }
  };
  return (
    <form class="sign-in" onSubmit={send}>
      <label>
        {t('access.name')}
        <input ref={name} name="name" autocomplete="username" autocapitalize="none" required autofocus />
      </label>
      <label>
        {t('access.password')}
        <input ref={password} name="password" type="password" autocomplete="current-password" required />
      </label>
      {needsCode.value ? (
        <label>
          {t('access.code')}
          <input ref={code} name="code" autocomplete="one-time-code" autocapitalize="none" required autofocus />
        </label>
      ) : null}
      <p class="message" role="alert">
        {message}
      </p>
      <button type="submit" class="main" disabled={sending.value}>
        {t('access.signIn')}
      </button>
    </form>
  );
}
