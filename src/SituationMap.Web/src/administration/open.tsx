import { signal } from '@preact/signals';
import type { PageParts, SessionParts } from '../frame/parts';
import { may } from '../session/session';

/** The entry to administration, for whoever may look at any of it. What it needs is fetched when it is opened. */
export function administration({ slots, notices }: PageParts, parts: SessionParts): void {
  const { t, session } = parts;
  if (!may(session, 'administer') && !may(session, 'audit') && !may(session, 'subscribe')) return;
  const shown = signal<typeof import('./dialog').AdministrationDialog | null>(null);
  const close = () => {
    shown.value = null;
  };
  const open = async () => {
    try {
      shown.value = (await import('./dialog')).AdministrationDialog;
    } catch {
      notices.show(t('panel.unreachable'), 6_000);
    }
  };
  const Dialog = () => {
    const AdministrationDialog = shown.value;
    return AdministrationDialog && <AdministrationDialog {...parts} closed={close} />;
  };
  slots.put(
    'account',
    <p class="actions">
      <button type="button" onClick={() => void open()}>
        {t('admin.title')}
      </button>
    </p>,
  );
  slots.put('dialogs', <Dialog />);
}
