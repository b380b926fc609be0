import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { components } from '../api/schema';
import { send } from '../session/session';
import { Field, GridField, LineForm, List, Sure, type Values } from './lines';
import type { Parts } from './parts';

type Subscription = components['schemas']['SubscriptionResponse'];
type Delivery = components['schemas']['DeliveryResponse'];

const kinds = ['status', 'zone', 'overdue', 'passage'] as const;
const states = ['waiting', 'delivered', 'dead'] as const;
const path = 'api/subscriptions';
const shown = 20;

/** Which systems are told of changes, what of it arrived, and sending again what did not. */
export function Webhooks(parts: Parts) {
  const { t, grids, change } = parts;
  const known = useSignal<Subscription[] | null>(null);
  const made = useSignal<string | null>(null);
  const refresh = async () => {
    known.value = await send<Subscription[]>('GET', path);
  };
  const changed = (request: () => Promise<unknown>) =>
    change(async () => {
      await request();
      await refresh();
    });
  const add = ({ url, grid, ...chosen }: Values) =>
    changed(async () => {
      const { secret } = await send<Subscription>('POST', path, {
        url,
        grid: grid || null,
        kinds: kinds.filter((kind) => chosen[kind] !== undefined),
      });
      made.value = secret;
    });
  useLayoutEffect(() => void change(refresh), []);
  return (
    <>
      <List none={t('admin.webhooks.none')}>
        {known.value?.map((one) => (
          <Item key={one.id} {...parts} change={changed} subscription={one} />
        ))}
      </List>
      <p class="made" role="status">
        {made.value !== null && (
          <>
            {t('admin.webhooks.made')}
            <code>{made}</code>
          </>
        )}
      </p>
      <h3>{t('admin.webhooks.add')}</h3>
      <LineForm label={t('admin.webhooks.add')} run={add}>
        <Field label={t('admin.webhooks.url')}>
          <input name="url" type="url" required placeholder="https://" />
        </Field>
        <GridField grids={grids} t={t} />
        {kinds.map((kind) => (
          <Field key={kind} label={t(`admin.webhooks.kind.${kind}`)}>
            <input name={kind} type="checkbox" defaultChecked={kind === 'status' || kind === 'zone'} />
          </Field>
        ))}
      </LineForm>
    </>
  );
}

function Item({ subscription, t, times, grids, change }: Parts & { subscription: Subscription }) {
  const { id, url, kinds: told, grids: paths, author, createdAt, waiting, dead } = subscription;
  const state = useSignal<(typeof states)[number]>('dead');
  const deliveries = useSignal<Delivery[] | null>(null);
  const ask = () =>
    change(async () => {
      const query = new URLSearchParams({ state: state.peek(), limit: String(shown) });
      deliveries.value = (
        await send<{ deliveries: Delivery[] }>('GET', `${path}/${id}/deliveries?${query}`)
      ).deliveries;
    });
  const again = () => change(() => send('POST', `${path}/${id}/replay`, {}));
  const where = paths.map((one) => grids.nameOf(one.replaceAll('.', '-'))).join(t('list.separator'));
  return (
    <li data-webhook={url}>
      <details onToggle={(event) => event.currentTarget.open && void ask()}>
        <summary>
          <b>{url}</b>
          <span class="second">
            {[
              told.map((kind) => t.or(`admin.webhooks.kind.${kind}`, kind)).join(t('list.separator')),
              where || t('access.everywhere'),
              t('admin.webhooks.by', { account: author, time: times.exact(createdAt) }),
            ].join(' · ')}
          </span>
          <span class={dead > 0 ? undefined : 'second'}>
            {t('admin.webhooks.count', { waiting: t.number(waiting), dead: t.number(dead) })}
          </span>
        </summary>
        <p class="actions">
          <States state={state} ask={ask} t={t} />
          {dead > 0 ? (
            <button type="button" onClick={() => void again().then(ask)}>
              {t('admin.webhooks.again')}
            </button>
          ) : null}
          <Sure
            label={t('admin.webhooks.delete')}
            question={t('admin.webhooks.sure')}
            run={() => change(() => send('DELETE', `${path}/${id}`))}
            t={t}
          />
        </p>
        <List none={t('admin.webhooks.nothing')}>
          {deliveries.value?.map(({ id: number, about, kind, madeAt, attempts, answer, fault }) => (
            <li key={number} class="row">
              <time dateTime={madeAt}>{times.exact(madeAt)}</time>
              <span>{t.or(`admin.webhooks.kind.${kind}`, kind)}</span>
              <span class="subject">{about}</span>
              <span class="second">
                {[t('admin.webhooks.attempts', { n: attempts }), answer, fault]
                  .filter((part) => part !== null)
                  .join(' · ')}
              </span>
            </li>
          ))}
        </List>
      </details>
    </li>
  );
}

interface StatesProps extends Pick<Parts, 't'> {
  state: Signal<(typeof states)[number]>;
  ask: () => unknown;
}

function States({ state, ask, t }: StatesProps) {
  return (
    <select
      aria-label={t('admin.webhooks.state')}
      value={state.value}
      onChange={(event) => {
        state.value = states[event.currentTarget.selectedIndex]!;
        ask();
      }}
    >
      {states.map((one) => (
        <option key={one} value={one}>
          {t(`admin.webhooks.state.${one}`)}
        </option>
      ))}
    </select>
  );
}
