import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { OwnSession, OwnSessions, SecondFactorState } from '../api/types';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { type Session, send } from '../session/session';
import { Close } from '../ui/close';
import { FieldForm, faultOf } from './fieldForm';
import { SecondFactorPart } from './secondFactor';
import './ownAccount.css';

interface OwnAccountProps {
  session: Session;
  t: Translator;
  times: Times;
  closed: () => void;
}

/** The account of whoever is signed in, over the map: his password, his second factor, his sessions. */
export function OwnAccount({ session, t, times, closed }: OwnAccountProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const factor = useSignal<SecondFactorState | null>(null);
  const sessions = useSignal<readonly OwnSession[] | null>(null);
  const message = useSignal('');
  const trying = async (request: () => Promise<void>) => {
    message.value = '';
    try {
      await request();
    } catch (error) {
      message.value = faultOf(error, t);
    }
  };
  const askFactor = async () => {
    factor.value = await send<SecondFactorState>('GET', 'api/account/second-factor');
  };
  const askSessions = async () => {
    const { sessions: all } = await send<OwnSessions>('GET', 'api/account/sessions');
    sessions.value = all.toSorted((one, other) => Number(other.own) - Number(one.own));
  };
  useLayoutEffect(() => {
    dialog.current!.showModal();
    void trying(async () => void (await Promise.all([askFactor(), askSessions()])));
  }, []);
  return (
    <dialog id="own" ref={dialog} aria-labelledby="own-title" onClose={closed}>
      <header>
        <h2 id="own-title">{t('own.title')}</h2>
        <Close label={t('access.close')} close={() => dialog.current?.close()} />
      </header>
      <p class="hint">{t('access.signedIn', { name: session.name ?? '' })}</p>
      <p class="message" role="alert">
        {message}
      </p>
      <section aria-labelledby="own-password">
        <h3 id="own-password">{t('access.password')}</h3>
        <Password t={t} refresh={() => trying(askSessions)} />
      </section>
      <section aria-labelledby="own-factor">
        <h3 id="own-factor">{t('own.factor')}</h3>
        {factor.value === null ? null : (
          <SecondFactorPart
            t={t}
            state={factor.value}
            needed={session.secondFactorNeeded}
            refresh={() => trying(askFactor)}
          />
        )}
      </section>
      <section aria-labelledby="own-sessions">
        <h3 id="own-sessions">{t('own.sessions')}</h3>
        {sessions.value === null ? null : (
          <Sessions
            t={t}
            times={times}
            sessions={sessions.value}
            end={(path) =>
              trying(async () => {
                await send('DELETE', path);
                await askSessions();
              })
            }
          />
        )}
      </section>
    </dialog>
  );
}

function Password({ t, refresh }: { t: Translator; refresh: () => Promise<void> }) {
  const said = useSignal('');
  return (
    <>
      <FieldForm
        t={t}
        fields={[
          { name: 'old', label: 'own.password', isSecret: true, autocomplete: 'current-password' },
          {
            name: 'new',
            label: 'own.password.new',
            hint: 'own.password.hint',
            isSecret: true,
            autocomplete: 'new-password',
          },
        ]}
        actions={[{ label: 'own.password.change', name: 'change' }]}
        run={async (values) => {
          said.value = '';
          await send('POST', 'api/account/password', values);
          said.value = t('own.password.changed');
          await refresh();
        }}
      />
      <p role="status">{said}</p>
    </>
  );
}

interface SessionsProps {
  t: Translator;
  times: Times;
  sessions: readonly OwnSession[];
  end: (path: string) => Promise<void>;
}

function Sessions({ t, times, sessions, end }: SessionsProps) {
  const others = sessions.filter(({ own }) => !own);
  return (
    <>
      <ul>
        {sessions.map(({ id, kind, own, origin, createdAt, usedAt }) => (
          <li key={id} data-session={id}>
            <p>
              <b>{own ? t('own.sessions.this') : t(kind === 'token' ? 'own.sessions.token' : 'own.sessions.other')}</b>
              <span class="second">
                {t('own.sessions.since', {
                  origin: origin || '–',
                  begun: times.moment(createdAt),
                  used: times.moment(usedAt),
                })}
              </span>
              {own ? null : (
                <button type="button" class="link" onClick={() => void end(`api/account/sessions/${id}`)}>
                  {t('own.sessions.end')}
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
      {others.length === 0 ? (
        <p class="hint">{t('own.sessions.none')}</p>
      ) : (
        <p class="actions">
          <button type="button" onClick={() => void end('api/account/sessions')}>
            {t('own.sessions.endOthers')}
          </button>
        </p>
      )}
    </>
  );
}
