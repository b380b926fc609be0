import { useSignal } from '@preact/signals';
import type { WorkItem } from '../api/types';
import type { MessageKey } from '../i18n/messages';
import { Chip } from '../theme/chip';
import type { Phone } from './phone';
import { PinOffer } from './pin';
import { type Door, lastVisit, nearest, nextDoor } from './round';
import { go, linkTo } from './route';

/** The round: building by building and door by door, in walking order. */
export function ListPage({ phone }: { phone: Phone }) {
  const { t, keeper } = phone;
  const all = useSignal(false);
  const trouble = useSignal<MessageKey | null>(null);
  if (keeper.kept.value === null) return <Choose phone={phone} />;

  const doors = phone.doors.value;
  const undone = doors.filter(phone.isUndone);
  const toDo = doors.filter((door) => phone.isUndone(door) || phone.itemsOf(door).length > 0 || all.value);
  const visit = (door: Door | null) => door && go({ page: 'home', household: door.home.household });
  const findNearest = () => {
    trouble.value = null;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => visit(nearest(undone, coords.longitude, coords.latitude)),
      () => {
        trouble.value = 'phone.nearest.failed';
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
    );
  };
  return (
    <>
      <PinOffer phone={phone} />
      <Choice phone={phone} />
      <p class="progress" role="status">
        {undone.length === 0 ? t('phone.done') : t('phone.undone', { n: undone.length })}
      </p>
      {undone.length === 0 ? null : (
        <div class="pair">
          <button type="button" class="primary" onClick={() => visit(nextDoor(doors, '', phone.isUndone))}>
            {t('phone.start')}
          </button>
          {'geolocation' in navigator && isSecureContext ? (
            <button type="button" onClick={findNearest}>
              {t('phone.nearest')}
            </button>
          ) : null}
        </div>
      )}
      {trouble.value === null ? null : (
        <p class="words" role="alert">
          {t(trouble.value)}
        </p>
      )}
      <label class="all">
        <input
          type="checkbox"
          checked={all.value}
          onChange={(event) => {
            all.value = event.currentTarget.checked;
          }}
        />
        {t('phone.all', { n: doors.length })}
      </label>
      <ol class="buildings">
        {byBuilding(toDo).map(([address, inside]) => (
          <li key={inside[0]!.building}>
            <h2>{address}</h2>
            <ol>
              {inside.map((door) => (
                <li key={door.home.household}>
                  <Row phone={phone} door={door} />
                </li>
              ))}
            </ol>
          </li>
        ))}
      </ol>
      <a class="back" href={linkTo({ page: 'pin' })}>
        {t('phone.pin.settings')}
      </a>
    </>
  );
}

function byBuilding(doors: readonly Door[]): [string, Door[]][] {
  const groups = new Map<string, Door[]>();
  for (const door of doors) groups.set(door.building, [...(groups.get(door.building) ?? []), door]);
  return [...groups.values()].map((inside) => [inside[0]!.address, inside]);
}

function Row({ phone, door }: { phone: Phone; door: Door }) {
  const { t, times, outbox } = phone;
  const { home } = door;
  const visit = lastVisit(home, outbox.all.value);
  return (
    <a class="door" href={linkTo({ page: 'home', household: home.household })}>
      <Chip status={home.status} />
      <b>{home.label}</b>
      <span class="second">{t.persons(home.members.length)}</span>
      <span class="what">
        {kindsOf(phone.itemsOf(door)).map(([what, n]) => (
          <span key={what}>{`${t.or(`facts.kind.${what}`, what)}${n > 1 ? ` ${t.number(n)}` : ''}`}</span>
        ))}
        {visit === undefined ? null : (
          <span class="second">
            {`${t.or(`phone.outcome.${(visit.fact.data as { outcome: string }).outcome}`, '')} ${times.moment(visit.fact.at)}`}
          </span>
        )}
      </span>
    </a>
  );
}

function kindsOf(items: readonly WorkItem[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { what } of items) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts];
}

/** Where there is no round yet: which grid it is to be. */
function Choose({ phone }: { phone: Phone }) {
  const { t, grids, hindrance, session } = phone;
  if (grids.value.length > 0) return <Choice phone={phone} />;
  return hindrance.value === null && session.value === null ? <p class="second">{t('panel.loading')}</p> : null;
}

function Choice({ phone }: { phone: Phone }) {
  const { t, grids, keeper } = phone;
  const chosen = keeper.kept.value?.pack.grid ?? '';
  if (grids.value.length < 2) return null;
  return (
    <label class="grid-choice">
      <span>{t('work.grid')}</span>
      <select value={chosen} onChange={(event) => void phone.choose(event.currentTarget.value)}>
        {chosen === '' ? <option value="">{t('phone.choose')}</option> : null}
        {grids.value.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
