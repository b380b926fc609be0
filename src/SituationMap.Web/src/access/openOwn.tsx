import { signal } from '@preact/signals';
import type { Notices } from '../frame/notices';
import type { Slots } from '../frame/slots';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import type { Session } from '../session/session';

interface OwnAccountEntry {
  isOpen: () => boolean;
  open: () => Promise<void>;
}

/** The entry to the own account. What it needs is fetched when it is opened. */
export function ownAccountEntry(
  { slots, notices }: { slots: Slots; notices: Notices },
  { session, t, times }: { session: Session; t: Translator; times: Times },
  closed: () => void = () => {},
): OwnAccountEntry {
  const shown = signal<typeof import('./ownAccount').OwnAccount | null>(null);
  const close = () => {
    shown.value = null;
    closed();
  };
  const Panel = () => {
    const OwnAccount = shown.value;
    return OwnAccount && <OwnAccount session={session} t={t} times={times} closed={close} />;
  };
  slots.put('dialogs', <Panel />);
  return {
    isOpen: () => shown.peek() !== null,
    open: async () => {
      try {
        shown.value = (await import('./ownAccount')).OwnAccount;
      } catch {
        notices.show(t('panel.unreachable'), 6_000);
      }
    },
  };
}
