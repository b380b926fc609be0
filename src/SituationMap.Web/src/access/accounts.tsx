import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { send } from '../session/session';
import { type Change, Field, LineForm } from './lines';

export interface Grant {
  id: string;
  role: string;
  grid: string | null;
  expiresAt: string | null;
}

export interface Account {
  name: string;
  hasPassword: boolean;
  disabled: boolean;
  lockedUntil: string | null;
  secondFactor: boolean;
  grants: Grant[];
}

export const roles = [
  'viewer',
  'reporter',
  'planner',
  'approver',
  'authority',
  'system',
  'auditor',
  'administrator',
] as const;

interface AccountItemProps {
  account: Account;
  t: Translator;
  times: Times;
  change: Change;
}

/** An account, whether it may sign in, and what is granted to it. */
export function AccountItem({ account, t, times, change }: AccountItemProps) {
  const { name, disabled, lockedUntil, secondFactor, grants } = account;
  const path = `api/access/accounts/${encodeURIComponent(name)}`;
  return (
    <li data-account={name}>
      <p>
        <b>{name}</b>
        {disabled ? (
          <span class="second">{t('access.disabled')}</span>
        ) : lockedUntil !== null ? (
          <span class="second">{t('access.locked', { time: times.moment(lockedUntil) })}</span>
        ) : null}
        <span class="second">{t(secondFactor ? 'access.factor.has' : 'access.factor.hasNot')}</span>
        {secondFactor ? (
          <button type="button" class="link" onClick={() => void change(() => send('DELETE', `${path}/second-factor`))}>
            {t('access.factor.reset')}
          </button>
        ) : null}
        <button
          type="button"
          class="link"
          onClick={() => void change(() => send('POST', `${path}/${disabled ? 'enable' : 'disable'}`))}
        >
          {t(disabled ? 'access.enable' : 'access.disable')}
        </button>
      </p>
      <ul class="grants">
        {grants.map((grant) => (
          <li key={grant.id}>
            {described(grant, t, times)}
            <button
              type="button"
              class="link"
              onClick={() => void change(() => send('DELETE', `${path}/grants/${grant.id}`))}
            >
              {t('access.revoke')}
            </button>
          </li>
        ))}
      </ul>
      <LineForm
        label={t('access.grant')}
        change={change}
        run={({ role, grid }) => send('POST', `${path}/grants`, { role, grid: grid || null })}
      >
        <Field label={t('access.role')}>
          <select name="role">
            {roles.map((role) => (
              <option key={role} value={role}>
                {t(`access.role.${role}`)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t('access.grid')}>
          <input name="grid" placeholder={t('access.everywhere')} />
        </Field>
      </LineForm>
    </li>
  );
}

/** What a grant or a key is for, where, and until when. */
export function described(
  { role, grid, expiresAt }: { role: string | null; grid: string | null; expiresAt: string | null },
  t: Translator,
  times: Times,
): string {
  return [
    role === null ? t('access.allRoles') : t.or(`access.role.${role}`, role),
    grid ?? t('access.everywhere'),
    expiresAt === null ? null : t('access.until', { time: times.moment(expiresAt) }),
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
