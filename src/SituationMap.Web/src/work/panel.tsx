import { computed, effect, signal } from '@preact/signals';
import { createRef } from 'preact';
import type { BuildingWork, HouseholdWork, WorkItem } from '../api/types';
import { GridChoice, Grids } from '../frame/grids';
import { More } from '../frame/more';
import { Opening } from '../frame/opening';
import type { Viewer } from '../frame/parts';
import { SidePanel } from '../frame/side';
import { Side } from '../frame/sides';
import type { Drawer } from '../panel/drawer';
import { may } from '../session/session';
import { Chip } from '../theme/chip';
import { type Query, states, WorkList } from './list';
import { WorkMarks } from './marks';
import { Progress, ProgressTable } from './progress';
import { Reading } from './reading';
import { RoundSheet } from './sheet';
import { Taking } from './taking';
import { whose } from './whose';
import './work.css';

/** What is to be done, in walking order; temperatures that are due now are reported where they stand. */
export function work(viewer: Viewer, drawer: Drawer): void {
  const { slots, sides, menu, keys, t, times, time, session, address, map, dressing, padding } = viewer;
  const side = new Side(() => void list.load());
  const list = new WorkList();
  const grids = new Grids();
  const progress = new Progress();
  const marks = new WorkMarks(map, dressing, viewer);
  const stored = signal(0);
  const printed = signal<readonly BuildingWork[]>([]);
  const printing = signal<'no' | 'gathering' | 'failed'>('no');
  const title = createRef<HTMLHeadingElement>();
  const opening = new Opening(sides, side, title, () => address.set({ work: null }));
  const households = computed(() =>
    typeof list.buildings.value === 'string'
      ? 0
      : list.buildings.value.reduce((sum, { households }) => sum + households.length, 0),
  );

  menu.add({ icon: 'list', label: t('work.label'), title: t('work.title'), run: toggle });
  keys.add('w', 'work.label', toggle);
  slots.put('side', <Panel />);
  slots.put('paper', <Paper />);
  effect(() => {
    // anew with the list, and with each report
    const [asOf] = [list.asOf.value, stored.value];
    if (asOf !== null) progress.show(list.query.peek().grid);
  });
  effect(() => {
    const known = list.buildings.value;
    marks.show(side.shown.value && typeof known !== 'string' ? known : []);
  });
  const fromAddress = () => {
    const grid = address.get('work');
    if (grid === null) {
      if (opening.isIn) opening.close();
    } else if (!opening.isIn || list.query.peek().grid !== gridOf(grid)) open({ grid: gridOf(grid) });
  };
  address.onChange(fromAddress);
  fromAddress();

  function toggle(): void {
    if (opening.isOpen) opening.close();
    else open({});
  }

  function open(query: Partial<Query>): void {
    opening.show();
    choose(query);
    void grids.load();
  }

  function choose(query: Partial<Query>): void {
    stored.value = 0;
    list.show(query);
    address.set({ work: list.query.peek().grid ?? everywhere });
  }

  async function visit({ building, bounds }: BuildingWork, household: string): Promise<void> {
    map.fitBounds(bounds as [number, number, number, number], { padding: padding(), maxZoom: 18 });
    await drawer.open({ building, household });
  }

  function Panel() {
    const { grid, state } = list.query.value;
    return (
      <SidePanel
        side={side}
        id="work"
        label={t('work.title')}
        head={
          <div>
            <h2 ref={title} tabIndex={-1}>
              {t('work.title')}
            </h2>
            <p class="second" role="status">
              <Summary />
            </p>
          </div>
        }
        closeLabel={t('panel.close')}
        close={opening.close}
      >
        <div class="body">
          {time.moment === null ? null : <p class="second">{t('work.present')}</p>}
          <div class="filters">
            <GridChoice
              grids={grids}
              grid={grid}
              label={t('work.grid')}
              choose={(chosen) => choose({ grid: chosen })}
              t={t}
            />
            <select
              aria-label={t('work.state')}
              value={state ?? ''}
              onChange={(event) => choose({ state: (event.currentTarget.value || null) as Query['state'] })}
            >
              <option value="">{t('work.state.all')}</option>
              {states.map((one) => (
                <option key={one} value={one}>
                  {t(`household.${one}`)}
                </option>
              ))}
            </select>
          </div>
          {may(session, 'report') ? (
            <a href={grid === null ? 'm' : `m?grid=${encodeURIComponent(grid)}`}>{t('phone.open')}</a>
          ) : null}
          <ProgressTable progress={progress} grids={grids} choose={(chosen) => choose({ grid: chosen })} t={t} />
          <Buildings />
          <More next={list.next} more={() => list.more()} t={t} />
          {typeof list.buildings.value === 'string' || list.buildings.value.length === 0 ? null : (
            <p>
              <button type="button" disabled={printing.value === 'gathering'} onClick={() => void print()}>
                {t('work.print')}
              </button>
              <span role="status">{printing.value === 'no' ? '' : t(`work.print.${printing.value}`)}</span>
            </p>
          )}
        </div>
      </SidePanel>
    );
  }

  /** All of it as of now, not only what was looked at so far. */
  async function print(): Promise<void> {
    printing.value = 'gathering';
    try {
      await list.load();
      while (list.next.peek() !== null) await list.more();
    } catch {
      printing.value = 'failed';
      return;
    }
    const known = list.buildings.peek();
    printing.value = 'no';
    if (typeof known === 'string') return;
    printed.value = known;
    document.documentElement.dataset.prints = 'round';
    window.print();
    delete document.documentElement.dataset.prints;
    printed.value = [];
  }

  function Paper() {
    const { grid } = list.query.value;
    if (printed.value.length === 0) return null;
    const name = grid === null ? viewer.name : grids.nameOf(grid);
    return <RoundSheet name={name} asOf={list.asOf.value!} buildings={printed.value} session={viewer} />;
  }

  function Summary() {
    if (typeof list.buildings.value === 'string') return null;
    const count = `${t.number(households.value)}${list.next.value === null ? '' : '+'}`;
    const parts = [t('work.households', { n: count }), t('work.as-of', { time: times.moment(list.asOf.value!) })];
    if (stored.value > 0) parts.push(t('work.stored.count', { n: t.number(stored.value) }));
    return <>{parts.join(' · ')}</>;
  }

  function Buildings() {
    const known = list.buildings.value;
    if (known === 'loading') return <p class="second">{t('panel.loading')}</p>;
    if (known === 'failed') return <p class="second">{t('list.failed')}</p>;
    if (known.length === 0) return <p class="second">{t('work.none')}</p>;
    return (
      <ol class="work-list">
        {known.map((building) => (
          <li key={building.building}>
            <h3>{building.address}</h3>
            <ol>
              {building.households.map((household) => (
                <Household key={household.household} building={building} household={household} />
              ))}
            </ol>
          </li>
        ))}
      </ol>
    );
  }

  function Household({ building, household: one }: { building: BuildingWork; household: HouseholdWork }) {
    const reports = may(session, 'report');
    const asOf = list.asOf.value!;
    const isNow = (item: WorkItem) =>
      reports && item.what === 'temperature' && item.person !== null && item.state === 'due' && item.from <= asOf;
    const now = one.items.filter(isNow);
    return (
      <li>
        <div class="head">
          <button type="button" class="door" onClick={() => void visit(building, one.household)}>
            <Chip status={one.status} />
            <span>{one.label}</span>
            <span class="second">{t.persons(one.persons)}</span>
          </button>
          <Taking key={asOf} household={one} reports={reports} viewer={viewer} />
        </div>
        {now.length === 0 ? null : (
          <ul aria-label={t('work.now')}>
            {now.map((item) => (
              <li key={`${item.person} ${item.due}`}>
                <Reading
                  household={one.household}
                  item={item}
                  label={`${whose([item], one, t)}${t('work.by', { time: times.moment(item.due) })}`}
                  viewer={viewer}
                  done={() => {
                    stored.value += 1;
                  }}
                />
              </li>
            ))}
          </ul>
        )}
        <Told items={one.items.filter(({ state }) => state !== 'due')} household={one} state="overdue" />
        <Told items={one.items.filter((item) => item.state === 'due' && !isNow(item))} household={one} state="due" />
      </li>
    );
  }

  /** What is said of several members at once is said once. */
  function Told({
    items,
    household,
    state,
  }: {
    items: WorkItem[];
    household: HouseholdWork;
    state: 'overdue' | 'due';
  }) {
    if (items.length === 0) return null;
    const bySentence = new Map<string, WorkItem[]>();
    for (const item of items) {
      const sentence = item.words[t.language] ?? '';
      bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), item]);
    }
    return (
      <ul class={state} aria-label={t(`household.${state}`)}>
        {[...bySentence].map(([sentence, same]) => (
          <li key={sentence}>
            {whose(same, household, t)}
            {sentence}
          </li>
        ))}
      </ul>
    );
  }
}

/** What the address says where no grid is chosen. */
const everywhere = 'all';
const gridOf = (text: string): string | null => (text === everywhere ? null : text);
