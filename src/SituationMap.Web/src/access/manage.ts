import { ApiError } from '../api/client';
import { h, replaceContent } from '../dom';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { send } from './session';

interface Grant {
  id: string;
  role: string;
  grid: string | null;
  expiresAt: string | null;
}
interface Account {
  name: string;
  hasPassword: boolean;
  disabled: boolean;
  lockedUntil: string | null;
  grants: Grant[];
}
interface Key {
  id: string;
  account: string;
  label: string;
  role: string | null;
  grid: string | null;
  expiresAt: string;
}

const roles = ['viewer', 'reporter', 'planner', 'approver', 'system', 'auditor', 'administrator'] as const;
const segment = encodeURIComponent;
const keyDays = 90;

/** Accounts, what is granted to them, and keys, over the map. */
export async function manage(t: Translator, times: Times): Promise<void> {
  const told = h('p', { class: 'told', role: 'alert' });
  const made = h('p', { class: 'made', role: 'status' });
  const [accounts, keys] = [h('div', {}), h('div', {})];
  const dialog = h(
    'dialog',
    { id: 'manage', 'aria-labelledby': 'manage-title', onclose: () => dialog.remove() },
    h(
      'header',
      {},
      h('h2', { id: 'manage-title' }, t('access.manage')),
      h('button', {
        type: 'button',
        class: 'icon close',
        'aria-label': t('access.close'),
        onclick: () => dialog.close(),
      }),
    ),
    told,
    h('h3', {}, t('access.accounts')),
    accounts,
    addAccount(),
    h('h3', {}, t('access.keys')),
    made,
    keys,
    addKey(),
  );
  document.body.append(dialog);
  dialog.showModal();
  await refresh();

  async function refresh(): Promise<void> {
    const [known, made] = await Promise.all([
      send<{ accounts: Account[] }>('GET', 'api/access/accounts'),
      send<{ keys: Key[] }>('GET', 'api/access/keys'),
    ]);
    replaceContent(
      accounts,
      known.accounts.length === 0
        ? h('p', { class: 'hint' }, t('access.accounts.none'))
        : h('ul', {}, ...known.accounts.map(account)),
    );
    replaceContent(
      keys,
      made.keys.length === 0 ? h('p', { class: 'hint' }, t('access.keys.none')) : h('ul', {}, ...made.keys.map(key)),
    );
  }

  /** Does something, shows the new state, and says what was wrong with it. */
  async function change(request: () => Promise<unknown>): Promise<boolean> {
    told.textContent = '';
    try {
      await request();
      await refresh();
      return true;
    } catch (error) {
      const code = error instanceof ApiError ? error.code : null;
      told.textContent = t.or(`access.fault.${code}`, t('access.fault'));
      return false;
    }
  }

  function account({ name, disabled, lockedUntil, grants }: Account): HTMLElement {
    const path = `api/access/accounts/${segment(name)}`;
    return h(
      'li',
      { 'data-account': name },
      h(
        'p',
        {},
        h('b', {}, name),
        disabled
          ? h('span', { class: 'second' }, t('access.disabled'))
          : lockedUntil !== null
            ? h('span', { class: 'second' }, t('access.locked', { time: times.moment(lockedUntil) }))
            : null,
        h(
          'button',
          {
            type: 'button',
            class: 'link',
            onclick: () => void change(() => send('POST', `${path}/${disabled ? 'enable' : 'disable'}`)),
          },
          t(disabled ? 'access.enable' : 'access.disable'),
        ),
      ),
      h(
        'ul',
        { class: 'grants' },
        ...grants.map((grant) =>
          h(
            'li',
            {},
            described(grant.role, grant.grid, grant.expiresAt),
            h(
              'button',
              {
                type: 'button',
                class: 'link',
                onclick: () => void change(() => send('DELETE', `${path}/grants/${grant.id}`)),
              },
              t('access.revoke'),
            ),
          ),
        ),
      ),
      form(
        t('access.grant'),
        [roleField(t('access.role')), field('grid', t('access.grid'), { placeholder: t('access.everywhere') })],
        (values) => send('POST', `${path}/grants`, { role: values.role, grid: values.grid || null }),
      ),
    );
  }

  function key({ id, account, label, role, grid, expiresAt }: Key): HTMLElement {
    return h(
      'li',
      {},
      h(
        'p',
        {},
        h('b', {}, label || account),
        h('span', { class: 'second' }, `${account} · ${described(role, grid, expiresAt)}`),
        h(
          'button',
          { type: 'button', class: 'link', onclick: () => void change(() => send('DELETE', `api/access/keys/${id}`)) },
          t('access.revoke'),
        ),
      ),
    );
  }

  function addAccount(): HTMLElement {
    return form(
      t('access.add'),
      [
        field('name', t('access.name'), { required: true, pattern: '[a-z0-9][a-z0-9._@\\-]*' }),
        field('password', t('access.password'), {
          type: 'password',
          autocomplete: 'new-password',
          minlength: 10,
          required: true,
        }),
      ],
      (values) => send('POST', 'api/access/accounts', { name: values.name, password: values.password }),
    );
  }

  function addKey(): HTMLElement {
    return form(
      t('access.keys.add'),
      [
        field('account', t('access.account'), { required: true }),
        field('label', t('access.label'), { required: true }),
      ],
      async (values) => {
        const expiresAt = new Date(Date.now() + keyDays * 86_400_000).toISOString();
        const { key } = await send<{ key: string }>('POST', 'api/access/keys', {
          account: values.account,
          label: values.label,
          expiresAt,
        });
        replaceContent(made, t('access.keys.made'), h('code', {}, key));
      },
    );
  }

  function form(
    label: string,
    fields: HTMLElement[],
    run: (values: Record<string, string>) => Promise<unknown>,
  ): HTMLFormElement {
    return h(
      'form',
      {
        class: 'line',
        onsubmit: (event: Event) => {
          event.preventDefault();
          const sent = event.currentTarget as HTMLFormElement;
          const values = Object.fromEntries([...new FormData(sent)].map(([name, value]) => [name, String(value)]));
          void change(() => run(values)).then((done) => done && sent.reset());
        },
      },
      ...fields,
      h('button', { type: 'submit' }, label),
    );
  }

  function roleField(label: string): HTMLElement {
    return h(
      'label',
      {},
      h('span', { class: 'unseen' }, label),
      h('select', { name: 'role' }, ...roles.map((role) => h('option', { value: role }, t(`access.role.${role}`)))),
    );
  }

  function field(name: string, label: string, properties: Record<string, unknown>): HTMLElement {
    return h(
      'label',
      {},
      h('span', { class: 'unseen' }, label),
      h('input', { name, placeholder: label, ...properties }),
    );
  }

  function described(role: string | null, grid: string | null, expiresAt: string | null): string {
    return [
      role === null ? t('access.allRoles') : t.or(`access.role.${role}`, role),
      grid ?? t('access.everywhere'),
      expiresAt === null ? null : t('access.until', { time: times.moment(expiresAt) }),
    ]
      .filter((part) => part !== null)
      .join(' · ');
  }
}
