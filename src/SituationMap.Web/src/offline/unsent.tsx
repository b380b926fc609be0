import type { Translator } from '../i18n/messages';
import type { Outbox } from './outbox';
import type { Sendable } from './store';

interface UnsentProps<What extends Sendable> {
  t: Translator;
  outbox: Outbox<What>;
  isOffline: boolean;
  href: string;
}

/** What is not sent yet, always. */
export function Unsent<What extends Sendable>({ t, outbox, isOffline, href }: UnsentProps<What>) {
  const [waiting, refused] = [outbox.waiting.value.length + outbox.locked.value, outbox.refused.value.length];
  return (
    <a class={`outbox${refused > 0 ? ' refused' : waiting > 0 ? ' waiting' : ''}`} href={href}>
      <span role="status">
        {waiting === 0 && refused === 0 ? t('phone.sent.all') : null}
        {waiting > 0 ? t('phone.waiting', { n: waiting }) : null}
        {waiting > 0 && refused > 0 ? ' · ' : null}
        {refused > 0 ? t('phone.refused', { n: refused }) : null}
      </span>
      {isOffline ? <span class="second">{t('phone.offline')}</span> : null}
    </a>
  );
}
