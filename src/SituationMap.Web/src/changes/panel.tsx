import { computed, effect } from '@preact/signals';
import { createRef } from 'preact';
import { type Change, type Status, statuses } from '../api/types';
import { GridChoice, Grids } from '../frame/grids';
import { More } from '../frame/more';
import { Opening } from '../frame/opening';
import type { Viewer } from '../frame/parts';
import { SidePanel } from '../frame/side';
import { Side } from '../frame/sides';
import type { Drawer } from '../panel/drawer';
import { Chip } from '../theme/chip';
import { Difference } from './difference';
import { ChangeList, type Query, type Span, spanOf, spans } from './list';
import { ChangeMarks } from './marks';
import { Row } from './row';
import { DifferenceStrip } from './strip';
import './changes.css';

/** What changed, newest first: by itself while it happens, or in the hours before the time that the page shows. */
export function changes(viewer: Viewer, drawer: Drawer): void {
  const { slots, sides, menu, tools, keys, t, time, address, map, dressing, padding } = viewer;
  const side = new Side();
  const title = createRef<HTMLHeadingElement>();
  const opening = new Opening(sides, side, title, () => address.set({ changes: null }));
  const list = new ChangeList(viewer, () => opening.isOpen);
  const marks = new ChangeMarks(map, dressing, viewer);
  const difference = new Difference(viewer);
  const compares = computed(() => difference.hours.value !== null);
  const grids = new Grids();

  const badge = computed(() => (list.unread.value > 99 ? '99+' : String(list.unread.value || '')));
  effect(() => {
    const known = list.changes.value;
    if (compares.value) marks.show(difference.changes.value, true);
    else marks.show(side.shown.value && typeof known !== 'string' ? known : [], false);
  });
  menu.add({
    icon: 'bell',
    label: t('changes.label'),
    badge,
    title: t('changes.title'),
    run: toggle,
  });
  keys.add('c', 'changes.label', toggle);
  tools.add({ icon: 'difference', label: t('difference.label'), run: toggleDifference, pressed: compares });
  keys.add('d', 'difference.label', toggleDifference);
  slots.put('side', <Panel />);
  slots.put('bottom', <DifferenceStrip difference={difference} t={t} show={compare} />);
  sides.changed.on(() => opening.isOpen && list.read());
  document.addEventListener('visibilitychange', () => !document.hidden && opening.isOpen && list.read());
  const fromAddress = () => {
    const hours = spanOf(address.get('changes'));
    if (hours === null) {
      if (opening.isIn) opening.close();
    } else if (!opening.isIn || list.query.peek().hours !== hours) open(hours);
    const compared = spanOf(address.get('difference'));
    if (compared !== difference.hours.peek()) compare(compared);
  };
  address.onChange(fromAddress);
  fromAddress();

  function toggle(): void {
    if (opening.isOpen) opening.close();
    else open(list.query.peek().hours);
  }

  function toggleDifference(): void {
    compare(compares.peek() ? null : list.query.peek().hours);
  }

  function compare(hours: Span | null): void {
    address.set({ difference: hours === null ? null : String(hours) });
    difference.show(hours);
  }

  function open(hours: Span): void {
    address.set({ changes: String(hours) });
    opening.show();
    list.read();
    list.show({ hours });
    void grids.load();
  }

  async function visit({ household, bounds }: Change): Promise<void> {
    if (bounds)
      map.fitBounds(bounds as [number, number, number, number], { padding: padding(), maxZoom: household ? 18 : 17 });
    if (household) await drawer.open({ building: household.building, household: household.code });
  }

  function Panel() {
    const { hours, kind, grid } = list.query.value;
    const choose = (query: Partial<Query>) => {
      if (query.hours !== undefined) address.set({ changes: String(query.hours) });
      list.show(query);
    };
    const moment = time.moment;
    return (
      <SidePanel
        side={side}
        id="changes"
        label={t('changes.title')}
        head={
          <div>
            <h2 ref={title} tabIndex={-1}>
              {t('changes.title')}
            </h2>
            {moment && <p class="second">{t('changes.before', { time: viewer.times.exact(moment.at) })}</p>}
          </div>
        }
        closeLabel={t('panel.close')}
        close={opening.close}
      >
        <div class="body">
          <fieldset class="choices" aria-label={t('changes.span')}>
            {spans.map((span) => (
              <button key={span} type="button" aria-pressed={span === hours} onClick={() => choose({ hours: span })}>
                {t(`changes.span.${span}`)}
              </button>
            ))}
          </fieldset>
          <div class="filters">
            <select
              aria-label={t('changes.kind')}
              value={kind ?? ''}
              onChange={(event) => choose({ kind: (event.currentTarget.value || null) as Query['kind'] })}
            >
              <option value="">{t('changes.kind.all')}</option>
              {statuses.map((status) => (
                <option key={status} value={status}>
                  {t('changes.kind.status', { status: t(`status.${status}`) })}
                </option>
              ))}
              <option value="zone">{t('changes.kind.zone')}</option>
            </select>
            <GridChoice
              grids={grids}
              grid={grid}
              label={t('changes.grid')}
              choose={(chosen) => choose({ grid: chosen })}
              t={t}
            />
          </div>
          <Sums sums={list.sums.value} />
          <Rows />
          <More next={list.next} more={() => list.more()} t={t} />
        </div>
      </SidePanel>
    );
  }

  function Sums({ sums }: { sums: ReadonlyMap<Status, number> }) {
    const given = statuses.filter((status) => sums.has(status));
    if (given.length === 0) return null;
    return (
      <ul class="sums" aria-label={t('changes.sums')}>
        {given.map((status) => (
          <li key={status}>
            <Chip status={status} />
            <span>{t(`status.${status}`)}</span>
            <b>{`${t.number(sums.get(status)!)}${list.next.value === null ? '' : '+'}`}</b>
          </li>
        ))}
      </ul>
    );
  }

  function Rows() {
    const known = list.changes.value;
    if (known === 'loading') return <p class="second">{t('panel.loading')}</p>;
    if (known === 'failed') return <p class="second">{t('list.failed')}</p>;
    if (known.length === 0) return <p class="second">{t('changes.none')}</p>;
    return (
      <ol class="changed">
        {known.map((change) => (
          <Row key={change.sequence} change={change} viewer={viewer} visit={(one) => void visit(one)} />
        ))}
      </ol>
    );
  }
}
