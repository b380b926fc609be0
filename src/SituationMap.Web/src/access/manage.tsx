import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ApiError } from '../api/client';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { send } from '../session/session';
import { Close } from '../ui/close';
import { type Account, AccountItem, described, roles } from './accounts';
import { type Change, Field, LineForm } from './lines';

interface Key {
  id: string;
  account: string;
  label: string;
  role: string | null;
  grid: string | null;
  expiresAt: string;
}

const keyDays = 90;
const factorPath = 'api/access/second-factor';

interface ManageProps {
  shown: Signal<boolean>;
  t: Translator;
  times: Times;
}

/** Accounts, what is granted to them, and keys, over the map. */
export function Manage({ shown, t, times }: ManageProps) {
  return shown.value ? <ManageDialog shown={shown} t={t} times={times} /> : null;
}

function ManageDialog({ shown, t, times }: ManageProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const known = useSignal<{ accounts: Account[]; keys: Key[]; factorRoles: readonly string[] } | null>(null);
  const message = useSignal('');
  const made = useSignal<string | null>(null);
  const refresh = async () => {
    const [{ accounts }, { keys }, { roles: factorRoles }] = await Promise.all([
      send<{ accounts: Account[] }>('GET', 'api/access/accounts'),
      send<{ keys: Key[] }>('GET', 'api/access/keys'),
      send<{ roles: string[] }>('GET', factorPath),
    ]);
    known.value = { accounts, keys, factorRoles };
  };
  /** Does something, shows the new state, and says what was wrong with it. */
  const change: Change = async (request) => {
    message.value = '';
    try {
      await request();
      await refresh();
      return true;
    } catch (error) {
      const code = error instanceof ApiError ? error.code : null;
      message.value = t.or(`access.fault.${code}`, t('access.fault'));
      return false;
    }
  };
  useLayoutEffect(() => {
    dialog.current!.showModal();
    void refresh();
  }, []);
  return (
    <dialog
      id="manage"
      ref={dialog}
      aria-labelledby="manage-title"
      onClose={() => {
        shown.value = false;
      }}
    >
      <header>
        <h2 id="manage-title">{t('access.manage')}</h2>
        <Close label={t('access.close')} close={() => dialog.current?.close()} />
      </header>
      <p class="message" role="alert">
        {message}
      </p>
      <h3>{t('access.accounts')}</h3>
      <List none={t('access.accounts.none')}>
        {known.value?.accounts.map((account) => (
          <AccountItem key={account.name} account={account} t={t} times={times} change={change} />
        ))}
      </List>
      <AddAccount t={t} change={change} />
      {known.value && <FactorRoles required={known.value.factorRoles} t={t} change={change} />}
      <h3>{t('access.keys')}</h3>
      <p class="made" role="status">
        {made.value !== null && (
          <>
            {t('access.keys.made')}
            <code>{made}</code>
          </>
        )}
      </p>
      <List none={t('access.keys.none')}>
        {known.value?.keys.map(({ id, account, label, role, grid, expiresAt }) => (
          <li key={id}>
            <p>
              <b>{label || account}</b>
              <span class="second">{`${account} · ${described({ role, grid, expiresAt }, t, times)}`}</span>
              <button
                type="button"
                class="link"
                onClick={() => void change(() => send('DELETE', `api/access/keys/${id}`))}
              >
                {t('access.revoke')}
              </button>
            </p>
          </li>
        ))}
      </List>
      <AddKey t={t} change={change} made={made} />
    </dialog>
  );
}

/** Nothing while it is not known. */
function List({ none, children }: { none: string; children: ComponentChildren[] | undefined }) {
  return <div>{children && (children.length === 0 ? <p class="hint">{none}</p> : <ul>{children}</ul>)}</div>;
}

interface AddProps {
  t: Translator;
  change: Change;
}

function AddAccount({ t, change }: AddProps) {
  return (
    <LineForm label={t('access.add')} change={change} run={(values) => send('POST', 'api/access/accounts', values)}>
      <Field label={t('access.name')}>
        <input name="name" placeholder={t('access.name')} required pattern="[a-z0-9][a-z0-9._@\-]*" />
      </Field>
      <Field label={t('access.password')}>
        <input
          name="password"
          placeholder={t('access.password')}
          type="password"
          autocomplete="new-password"
          minlength={10}
          required
        />
      </Field>
    </LineForm>
  );
}

/** Which roles hold only with a second factor. */
function FactorRoles({ required, t, change }: AddProps & { required: readonly string[] }) {
  const require = (role: string, isRequired: boolean) => {
    const others = required.filter((other) => other !== role);
    return change(() => send('PUT', factorPath, { roles: isRequired ? [...others, role] : others }));
  };
  return (
    <fieldset class="factor">
      <legend>{t('access.factor.required')}</legend>
      {roles.map((role) => (
        <label key={role}>
          <input
            type="checkbox"
            checked={required.includes(role)}
            onChange={(event) => void require(role, event.currentTarget.checked)}
          />
          {t(`access.role.${role}`)}
        </label>
      ))}
      <p class="hint">{t('access.factor.hint')}</p>
    </fieldset>
  );
}

function AddKey({ t, change, made }: AddProps & { made: Signal<string | null> }) {
  const add = async (values: Record<string, string>) => {
    const expiresAt = new Date(Date.now() + keyDays * 86_400_000).toISOString();
    const { key } = await send<{ key: string }>('POST', 'api/access/keys', { ...values, expiresAt });
    made.value = key;
  };
  return (
    <LineForm label={t('access.keys.add')} change={change} run={add}>
      <Field label={t('access.account')}>
        <input name="account" placeholder={t('access.account')} required />
      </Field>
      <Field label={t('access.label')}>
        <input name="label" placeholder={t('access.label')} required />
      </Field>
    </LineForm>
  );
}
