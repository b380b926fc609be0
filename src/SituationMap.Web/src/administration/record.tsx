import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { api } from '../api/client';
import type { components } from '../api/schema';
import { More } from '../frame/more';
import { send } from '../session/session';
import { Field, List, type Values } from './lines';
import type { Parts } from './parts';

type Page = components['schemas']['AuditResponse'];

const pageSize = '50';

/** Who changed what, and who looked at personal data: the newest first. That it was read stands in it as well. */
export function AuditRecord({ t, times, change }: Parts) {
  const rows = useSignal<Page['rows'] | null>(null);
  const next = useSignal<string | null>(null);
  const ask = (values: Values) =>
    change(async () => {
      const wanted = Object.entries(values).filter(([, value]) => value !== '');
      const page = await send<Page>('GET', `api/audit?${new URLSearchParams([...wanted, ['limit', pageSize]])}`);
      [rows.value, next.value] = [page.rows, page.next];
    });
  const more = async () => {
    const page = await api.more<Page>(next.peek()!);
    [rows.value, next.value] = [[...rows.peek()!, ...page.rows], page.next];
  };
  useLayoutEffect(() => void ask({}), []);
  return (
    <>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          const values = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
          void ask(Object.fromEntries(values) as Values);
        }}
      >
        <Field label={t('admin.record.account')}>
          <input name="account" />
        </Field>
        <Field label={t('admin.record.action')}>
          <input name="action" list="record-actions" />
        </Field>
        <Field label={t('admin.record.subject')}>
          <input name="subject" />
        </Field>
        <datalist id="record-actions">
          {[...new Set(rows.value?.map(({ action }) => action))].map((action) => (
            <option key={action} value={action} />
          ))}
        </datalist>
        <button type="submit">{t('admin.record.filter')}</button>
      </form>
      <p class="hint">{t('admin.record.hint')}</p>
      <List none={t('admin.record.none')}>
        {rows.value?.map(({ id, at, account, action, subject, purpose, origin }) => (
          <li key={id} class="row">
            <time dateTime={at}>{times.exact(at)}</time>
            <b>{account}</b>
            <span>{action}</span>
            <span class="subject">{subject}</span>
            <span class="second">{[purpose, origin].filter((part) => part).join(' · ')}</span>
          </li>
        ))}
      </List>
      <More next={next} more={more} t={t} />
    </>
  );
}
