import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { components } from '../api/schema';
import { send } from '../session/session';
import { described, RoleField } from './accounts';
import { endOfDay, Field, GridField, LineForm, List, Sure, type Values } from './lines';
import type { Parts } from './parts';

type Key = components['schemas']['KeyResponse'];

const usualDays = 90;
const day = 86_400_000; // ms

/** API keys: of which account, for what, how far they reach and until when. */
export function Keys({ t, times, grids, change }: Parts) {
  const known = useSignal<{ keys: Key[]; accounts: string[] } | null>(null);
  const made = useSignal<string | null>(null);
  const refresh = async () => {
    const [{ keys }, { accounts }] = await Promise.all([
      send<{ keys: Key[] }>('GET', 'api/access/keys'),
      send<{ accounts: { name: string }[] }>('GET', 'api/access/accounts'),
    ]);
    known.value = { keys, accounts: accounts.map(({ name }) => name) };
  };
  const changed = (request: () => Promise<unknown>) =>
    change(async () => {
      await request();
      await refresh();
    });
  const add = ({ account, label, role, grid, until, gateway }: Values) =>
    changed(async () => {
      const { key } = await send<{ key: string }>('POST', 'api/access/keys', {
        account,
        label,
        role: role || null,
        grid: grid || null,
        expiresAt: endOfDay(until, times),
        gateway: gateway !== undefined,
      });
      made.value = key;
    });
  useLayoutEffect(() => void change(refresh), []);
  const usual = times.input(new Date(Date.now() + usualDays * day).toISOString()).slice(0, 10);
  return (
    <>
      <List none={t('access.keys.none')}>
        {known.value?.keys.map((key) => (
          <li key={key.id}>
            <p>
              <b>{key.label || key.account}</b>
              <span class="second">
                {[key.account, described(key, grids, t, times), key.gateway ? t('admin.gateway') : null]
                  .filter((part) => part !== null)
                  .join(' · ')}
              </span>
              <Sure
                label={t('access.revoke')}
                question={t('admin.key.sure', { name: key.label || key.account })}
                run={() => changed(() => send('DELETE', `api/access/keys/${key.id}`))}
                t={t}
              />
            </p>
          </li>
        ))}
      </List>
      <p class="made" role="status">
        {made.value !== null && (
          <>
            {t('access.keys.made')}
            <code>{made}</code>
          </>
        )}
      </p>
      <h3>{t('access.keys.add')}</h3>
      <LineForm label={t('access.keys.add')} run={add}>
        <Field label={t('access.account')}>
          <select name="account">
            {known.value?.accounts.map((account) => (
              <option key={account} value={account}>
                {account}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t('access.label')}>
          <input name="label" required />
        </Field>
        <RoleField t={t} all={t('access.allRoles')} />
        <GridField grids={grids} t={t} />
        <Field label={t('admin.until')}>
          <input name="until" type="date" required defaultValue={usual} />
        </Field>
        <Field label={t('admin.gateway')}>
          <input name="gateway" type="checkbox" title={t('admin.gateway.hint')} />
        </Field>
      </LineForm>
    </>
  );
}
