import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ApiError } from '../api/client';
import { Grids } from '../frame/grids';
import type { SessionParts } from '../frame/parts';
import { may, type Right } from '../session/session';
import { Close } from '../ui/close';
import { Accounts } from './accounts';
import { Keys } from './keys';
import type { Change } from './parts';
import { AuditRecord } from './record';
import { Webhooks } from './webhooks';
import './administration.css';

const tabs = [
  { name: 'accounts', right: 'administer', Content: Accounts },
  { name: 'keys', right: 'administer', Content: Keys },
  { name: 'record', right: 'audit', Content: AuditRecord },
  { name: 'webhooks', right: 'subscribe', Content: Webhooks },
] as const satisfies readonly { name: string; right: Right; Content: unknown }[];

/** Who may do what, by which keys, who did what, and who is told of changes: over the map, a tab for each. */
export function AdministrationDialog({ closed, ...session }: SessionParts & { closed: () => void }) {
  const { t } = session;
  const dialog = useRef<HTMLDialogElement>(null);
  const grids = useRef(new Grids()).current;
  const open = tabs.filter(({ right }) => may(session.session, right));
  const tab = useSignal<(typeof tabs)[number]>(open[0]!);
  const message = useSignal('');
  const change: Change = async (request) => {
    message.value = '';
    try {
      await request();
      return true;
    } catch (error) {
      const code = error instanceof ApiError ? error.code : null;
      message.value = t.or(`access.fault.${code}`, t('access.fault'));
      return false;
    }
  };
  useLayoutEffect(() => {
    dialog.current!.showModal();
    void grids.load();
  }, []);
  const { Content } = tab.value;
  return (
    <dialog id="administration" ref={dialog} aria-labelledby="administration-title" onClose={closed}>
      <header>
        <h2 id="administration-title">{t('admin.title')}</h2>
        <Close label={t('access.close')} close={() => dialog.current?.close()} />
      </header>
      <nav class="choices" aria-label={t('admin.title')}>
        {open.map((one) => (
          <button
            key={one.name}
            type="button"
            aria-current={one === tab.value ? 'page' : undefined}
            onClick={() => {
              tab.value = one;
              message.value = '';
            }}
          >
            {t(`admin.${one.name}`)}
          </button>
        ))}
      </nav>
      <p class="message" role="alert">
        {message}
      </p>
      <Content {...session} grids={grids} change={change} />
    </dialog>
  );
}
