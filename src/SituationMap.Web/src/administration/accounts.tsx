import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { components } from '../api/schema';
import { GridChoice, type Grids } from '../frame/grids';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { send } from '../session/session';
import { endOfDay, Field, GridField, LineForm, List, Sure } from './lines';
import type { Parts } from './parts';

type Account = components['schemas']['AccountResponse'];

export const roles = [
  'viewer',
  'reporter',
  'guard',
  'planner',
  'approver',
  'dispatcher',
  'authority',
  'system',
  'auditor',
  'administrator',
] as const;

const factorPath = 'api/access/second-factor';

/** Accounts, found by name, role or grid, and what is granted to each. */
export function Accounts({ t, times, grids, change }: Parts) {
  const known = useSignal<{ accounts: Account[]; factorRoles: readonly string[] } | null>(null);
  const words = useSignal('');
  const grid = useSignal<string | null>(null);
  const refresh = async () => {
    const [{ accounts }, { roles: factorRoles }] = await Promise.all([
      send<{ accounts: Account[] }>('GET', 'api/access/accounts'),
      send<{ roles: string[] }>('GET', factorPath),
    ]);
    known.value = { accounts, factorRoles };
  };
  const changed = (request: () => Promise<unknown>) =>
    change(async () => {
      await request();
      await refresh();
    });
  useLayoutEffect(() => void change(refresh), []);
  const found = known.value?.accounts.filter(
    (account) => isSaid(account, words.value, grids, t) && reaches(account, grid.value),
  );
  return (
    <>
      <div class="line">
        <Field label={t('admin.find')}>
          <input
            type="search"
            value={words.value}
            onInput={(event) => {
              words.value = event.currentTarget.value;
            }}
          />
        </Field>
        <Field label={t('admin.reaches')}>
          <GridChoice
            grids={grids}
            grid={grid.value}
            choose={(code) => {
              grid.value = code;
            }}
            t={t}
          />
        </Field>
      </div>
      <List none={t(known.value?.accounts.length === 0 ? 'access.accounts.none' : 'admin.find.none')}>
        {found?.map((account) => (
          <Item key={account.name} account={account} grids={grids} change={changed} t={t} times={times} />
        ))}
      </List>
      <h3>{t('access.add')}</h3>
      <LineForm label={t('access.add')} run={(values) => changed(() => send('POST', 'api/access/accounts', values))}>
        <Field label={t('access.name')}>
          <input name="name" required pattern="[a-z0-9][a-z0-9._@\-]*" />
        </Field>
        <PasswordField t={t} />
      </LineForm>
      {known.value && (
        <FactorRoles
          required={known.value.factorRoles}
          require={(required) => void changed(() => send('PUT', factorPath, { roles: required }))}
          t={t}
        />
      )}
    </>
  );
}

const isSaid = ({ name, grants }: Account, words: string, grids: Grids, t: Translator): boolean => {
  const said = [
    name,
    ...grants.map((grant) => `${t.or(`access.role.${grant.role}`, grant.role)} ${placeOf(grant, grids, t)}`),
  ];
  return said.join(' ').toLowerCase().includes(words.trim().toLowerCase());
};

/** Whether something is granted to it there: in that grid, in one around it, or within it. */
const reaches = ({ grants }: Account, grid: string | null): boolean =>
  grid === null ||
  grants.some(
    ({ grid: granted, checkpoint }) =>
      checkpoint === null && (granted === null || isWithin(grid, granted) || isWithin(granted, grid)),
  );

const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}-`);

interface Place {
  grid: string | null;
  /** Of a guard; a key has none of its own. */
  checkpoint?: string | null;
  from?: string | null;
  to?: string | null;
}

const placeOf = ({ grid, checkpoint, from, to }: Place, grids: Grids, t: Translator): string => {
  if (checkpoint) return from && to ? t('access.hours', { checkpoint, from, to }) : checkpoint;
  return grid === null ? t('access.everywhere') : grids.nameOf(grid);
};

const PasswordField = ({ t }: { t: Translator }) => (
  <Field label={t('access.password')}>
    <input name="password" type="password" autocomplete="new-password" minlength={10} required />
  </Field>
);

interface ItemProps extends Pick<Parts, 'grids' | 'change' | 't' | 'times'> {
  account: Account;
}

/** An account, whether it may sign in, and what is granted to it. */
function Item({ account, grids, change, t, times }: ItemProps) {
  const { name, disabled, lockedUntil, secondFactor, hasPassword, lastSeenAt, grants } = account;
  const path = `api/access/accounts/${encodeURIComponent(name)}`;
  const state = [
    disabled ? t('access.disabled') : null,
    !disabled && lockedUntil !== null ? t('access.locked', { time: times.moment(lockedUntil) }) : null,
    t(secondFactor ? 'access.factor.has' : 'access.factor.hasNot'),
    lastSeenAt === null ? t('admin.seen.never') : t('admin.seen', { time: times.exact(lastSeenAt) }),
  ];
  return (
    <li data-account={name}>
      <details>
        <summary>
          <b>{name}</b>
          <span class="second">{state.filter((one) => one !== null).join(' · ')}</span>
          <span class="second">
            {grants.map(({ role }) => t.or(`access.role.${role}`, role)).join(t('list.separator'))}
          </span>
        </summary>
        <ul class="grants">
          {grants.map((grant) => (
            <li key={grant.id}>
              <span>{described(grant, grids, t, times)}</span>
              <Sure
                label={t('access.revoke')}
                question={t('admin.revoke.sure', { name })}
                run={() => change(() => send('DELETE', `${path}/grants/${grant.id}`))}
                t={t}
              />
            </li>
          ))}
        </ul>
        <LineForm
          label={t('access.grant')}
          run={({ role, grid, checkpoint, from, to, until }) =>
            change(() =>
              send('POST', `${path}/grants`, {
                role,
                grid: grid || null,
                checkpoint: checkpoint || null,
                from: from || null,
                to: to || null,
                expiresAt: endOfDay(until, times),
              }),
            )
          }
        >
          <RoleAndPlace key={grants.length} grids={grids} t={t} />
          <Field label={t('admin.until')}>
            <input name="until" type="date" />
          </Field>
        </LineForm>
        <LineForm
          label={t(hasPassword ? 'admin.password.reset' : 'admin.password.set')}
          run={(values) => change(() => send('POST', `${path}/password`, values))}
        >
          <PasswordField t={t} />
        </LineForm>
        <p class="actions">
          {secondFactor ? (
            <Sure
              label={t('access.factor.reset')}
              question={t('admin.factor.sure', { name })}
              run={() => change(() => send('DELETE', `${path}/second-factor`))}
              t={t}
            />
          ) : null}
          {disabled ? (
            <button type="button" class="link" onClick={() => void change(() => send('POST', `${path}/enable`))}>
              {t('access.enable')}
            </button>
          ) : (
            <Sure
              label={t('access.disable')}
              question={t('admin.disable.sure', { name })}
              run={() => change(() => send('POST', `${path}/disable`))}
              t={t}
            />
          )}
        </p>
      </details>
    </li>
  );
}

/** A role, and where: in a grid, or a guard's at a checkpoint, in some hours of each day. */
function RoleAndPlace({ grids, t }: Pick<ItemProps, 'grids' | 't'>) {
  const isGuard = useSignal(false);
  return (
    <>
      <RoleField
        t={t}
        chosen={(role) => {
          isGuard.value = role === 'guard';
        }}
      />
      {isGuard.value ? (
        <>
          <Field label={t('field.checkpoint')}>
            <input name="checkpoint" required maxLength={64} />
          </Field>
          <Field label={t('access.from')}>
            <input name="from" type="time" />
          </Field>
          <Field label={t('access.to')}>
            <input name="to" type="time" />
          </Field>
        </>
      ) : (
        <GridField grids={grids} t={t} />
      )}
    </>
  );
}

/** @param all what choosing none of them stands for; left out where one has to be chosen */
export function RoleField({ t, all, chosen }: { t: Translator; all?: string; chosen?: (role: string) => void }) {
  return (
    <Field label={t('access.role')}>
      <select name="role" onChange={(event) => chosen?.(event.currentTarget.value)}>
        {all === undefined ? null : <option value="">{all}</option>}
        {roles.map((role) => (
          <option key={role} value={role}>
            {t(`access.role.${role}`)}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface FactorRolesProps {
  required: readonly string[];
  require: (roles: string[]) => void;
  t: Translator;
}

/** Which roles hold only with a second factor. */
function FactorRoles({ required, require, t }: FactorRolesProps) {
  return (
    <fieldset class="factor">
      <legend>{t('access.factor.required')}</legend>
      {roles.map((role) => (
        <label key={role}>
          <input
            type="checkbox"
            checked={required.includes(role)}
            onChange={(event) => {
              const others = required.filter((other) => other !== role);
              require(event.currentTarget.checked ? [...others, role] : others);
            }}
          />
          {t(`access.role.${role}`)}
        </label>
      ))}
      <p class="hint">{t('access.factor.hint')}</p>
    </fieldset>
  );
}

/** What a grant or a key is for, where, and until when. */
export function described(
  { role, expiresAt, ...place }: { role: string | null; expiresAt: string | null } & Place,
  grids: Grids,
  t: Translator,
  times: Times,
): string {
  return [
    role === null ? t('access.allRoles') : t.or(`access.role.${role}`, role),
    placeOf(place, grids, t),
    expiresAt === null ? null : t('access.until', { time: times.exact(expiresAt) }),
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
