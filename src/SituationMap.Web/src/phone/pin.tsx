import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Translator } from '../i18n/messages';
import { canEncrypt, delayOf, isPin, mostFailures } from '../offline/lock';
import type { Phone } from './phone';
import { linkTo } from './route';

const later = 'situationmap.round.pin.later';

/** Sets a PIN or removes it. */
export function PinPage({ phone }: { phone: Phone }) {
  const { t, vault } = phone;
  return (
    <article>
      <a class="back" href={linkTo({ page: 'list' })}>
        {t('phone.back')}
      </a>
      <h2>{t('phone.pin')}</h2>
      {!canEncrypt() ? (
        <p>{t('phone.pin.insecure')}</p>
      ) : vault.lock.value === null ? (
        <>
          <p>{t('phone.pin.why')}</p>
          <NewPin phone={phone} />
        </>
      ) : (
        <>
          <p>{t('phone.pin.is-set')}</p>
          <div class="pair">
            <button type="button" class="primary" onClick={() => void phone.lock()}>
              {t('phone.pin.lock')}
            </button>
            <button type="button" onClick={() => void vault.remove()}>
              {t('phone.pin.remove')}
            </button>
          </div>
        </>
      )}
    </article>
  );
}

/** Once, until it was answered: whether there is to be a PIN. */
export function PinOffer({ phone: { t, vault } }: { phone: Phone }) {
  const isLater = useSignal(localStorage.getItem(later) !== null);
  if (isLater.value || !canEncrypt() || vault.lock.value !== null) return null;
  return (
    <section class="words">
      <p>{t('phone.pin.offer')}</p>
      <div class="pair">
        <a class="button" href={linkTo({ page: 'pin' })}>
          {t('phone.pin.set')}
        </a>
        <button
          type="button"
          onClick={() => {
            localStorage.setItem(later, '1');
            isLater.value = true;
          }}
        >
          {t('phone.pin.later')}
        </button>
      </div>
    </section>
  );
}

function NewPin({ phone: { t, vault } }: { phone: Phone }) {
  const first = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const fault = useSignal('');
  const set = async (event: Event) => {
    event.preventDefault();
    const pin = first.current!.value;
    fault.value = !isPin(pin) ? t('phone.pin.form') : pin !== again.current!.value ? t('phone.pin.differs') : '';
    if (fault.value === '') await vault.set(pin);
    else first.current!.focus();
  };
  return (
    <form class="pin" noValidate onSubmit={(event) => void set(event)}>
      <PinField t={t} label={t('phone.pin.new')} field={first} />
      <PinField t={t} label={t('phone.pin.again')} field={again} />
      <p class="field-fault" role="alert">
        {fault}
      </p>
      <button type="submit" class="primary">
        {t('phone.pin.set')}
      </button>
    </form>
  );
}

/** All that is shown while it is locked. */
export function LockPage({ phone }: { phone: Phone }) {
  const { t, vault, outbox } = phone;
  const field = useRef<HTMLInputElement>(null);
  const fault = useSignal('');
  const isGivingUp = useSignal(false);
  const now = useSignal(Date.now());
  const lock = vault.lock.value!;
  const wait = Math.ceil(delayOf(lock, now.value) / 1000);
  useLayoutEffect(() => field.current!.focus(), []);
  useEffect(() => {
    const tick = setInterval(() => {
      now.value = Date.now();
    }, 1000);
    return () => clearInterval(tick);
  }, []);
  const open = async (event: Event) => {
    event.preventDefault();
    const pin = field.current!.value;
    field.current!.value = '';
    if (delayOf(lock, Date.now()) > 0 || (await phone.unlock(pin))) return;
    now.value = Date.now();
    fault.value = t('phone.pin.wrong');
    field.current?.focus();
  };
  const isWiped = lock.failures >= mostFailures;
  return (
    <article>
      <h2>{t('phone.pin.locked')}</h2>
      {isWiped ? <p>{t('phone.pin.wiped', { n: outbox.locked.value })}</p> : null}
      <form class="pin" noValidate onSubmit={(event) => void open(event)}>
        <PinField t={t} label={t('phone.pin')} field={field} />
        <p class="field-fault" role="alert">
          {fault}
        </p>
        {wait > 0 ? <p role="timer">{t('phone.pin.wait', { n: wait })}</p> : null}
        {lock.failures > 0 && !isWiped ? <p>{t('phone.pin.left', { n: mostFailures - lock.failures })}</p> : null}
        <button type="submit" class="primary" disabled={wait > 0}>
          {t('phone.pin.open')}
        </button>
      </form>
      {isWiped ? (
        <section>
          <button
            type="button"
            onClick={() => {
              if (isGivingUp.value) void phone.beginAnew();
              isGivingUp.value = true;
            }}
          >
            {t(isGivingUp.value ? 'phone.pin.give-up.sure' : 'phone.pin.give-up', { n: outbox.locked.value })}
          </button>
        </section>
      ) : null}
    </article>
  );
}

interface PinFieldProps {
  t: Translator;
  label: string;
  field: { current: HTMLInputElement | null };
}

function PinField({ t, label, field }: PinFieldProps) {
  return (
    <label>
      <span>{label}</span>
      <input
        ref={field}
        type="password"
        inputMode="numeric"
        autocomplete="off"
        maxLength={8}
        title={t('phone.pin.form')}
      />
    </label>
  );
}
