import { computed, effect, useSignal } from '@preact/signals';
import { createRef } from 'preact';
import type { Change } from '../api/types';
import { acknowledge, mayAcknowledge } from '../changes/acknowledging';
import { Row } from '../changes/row';
import { Grids } from '../frame/grids';
import { Opening } from '../frame/opening';
import type { Viewer } from '../frame/parts';
import { SidePanel } from '../frame/side';
import { Side } from '../frame/sides';
import type { Drawer } from '../panel/drawer';
import { LineIcon } from '../theme/icons';
import { throttle } from '../ui/throttle';
import { Desktop } from './desktop';
import { RuleForm } from './form';
import { inWords, type Rule } from './rules';
import { Sound } from './sound';
import { AlarmWatch, type Call, most, type Reached } from './watch';
import './alarms.css';

const notifyEvery = 4_000; // ms

/** What the rules of whoever is at the page call for, until somebody has acknowledged it; and the rules. */
export function alarms(viewer: Viewer, drawer: Drawer): void {
  const { slots, sides, menu, keys, t, map, padding, coveredArea } = viewer;
  const watch = new AlarmWatch(viewer);
  const [sound, desktop, side] = [new Sound(), new Desktop(), new Side()];
  const grids = new Grids();
  const title = createRef<HTMLHeadingElement>();
  const own = document.title;
  const opening = new Opening(sides, side, title);
  let untold: Call | null = null;

  const badge = computed(() => (watch.hasMore.value ? `${most}+` : String(watch.count.value || '')));
  effect(() => {
    document.title = badge.value === '' ? own : `(${badge.value}) ${own}`;
  });
  // a page that is opened anew asks for the leave to sound with the first touch
  if (watch.rules.peek().some((rule) => rule.sound)) sound.prepare();
  const notify = throttle(0, tell, () => notifyEvery);
  watch.called.on((call) => {
    if (call.sound) sound.ring();
    if (!call.desktop) return;
    untold = untold
      ? { ...call, changes: [...call.changes, ...untold.changes], reached: [...call.reached, ...untold.reached] }
      : call;
    notify();
  });
  menu.add({
    icon: 'alarm',
    label: t('alarms.label'),
    badge,
    title: t('alarms.title'),
    run: toggle,
  });
  keys.add('a', 'alarms.label', toggle);
  slots.put('side', <Panel />);

  function toggle(): void {
    if (opening.isOpen) {
      opening.close();
      return;
    }
    opening.show();
    void grids.load();
  }

  /** A notification is read by whoever passes the desk: it says what and in which grid, and no address. */
  async function tell(): Promise<void> {
    const call = untold;
    untold = null;
    if (!call) return;
    await grids.load();
    const texts = [...call.changes.map(shortly), ...call.reached.map(reachedInWords)];
    const text = texts.length === 1 ? texts[0]! : t('alarms.desktop.text', { n: texts.length, first: texts[0]! });
    desktop.show(own, text);
  }

  function shortly({ household, zone, to }: Change): string {
    if (!household) return zone?.name ?? '';
    return `${t.or(`status.${to}`, to ?? '')} · ${grids.nameOf(household.grid)}`;
  }

  function reachedInWords({ rule, count }: Reached): string {
    const grid = grids.nameOf(rule.grid ?? coveredArea.grid ?? '');
    if (rule.what === 'gap') return t('alarms.reached.gap', { grid, n: count });
    return t('alarms.reached', {
      grid,
      what: rule.what === 'overdue' ? t('situation.overdue') : t(`status.${rule.status}`),
      n: count,
      least: rule.least,
    });
  }

  async function visit({ household, bounds }: Change): Promise<void> {
    if (bounds)
      map.fitBounds(bounds as [number, number, number, number], { padding: padding(), maxZoom: household ? 18 : 17 });
    if (household) await drawer.open({ building: household.building, household: household.code });
  }

  function Panel() {
    return (
      <SidePanel
        side={side}
        id="alarms"
        label={t('alarms.label')}
        head={
          <div>
            <h2 ref={title} tabIndex={-1}>
              {t('alarms.title')}
            </h2>
            <p class="second">{t('alarms.hint')}</p>
          </div>
        }
        closeLabel={t('panel.close')}
        close={opening.close}
      >
        <div class="body">
          <List />
          <h3>{t('alarms.rules')}</h3>
          <Rules />
          <RuleForm t={t} grids={grids} add={(rule) => watch.change([...watch.rules.peek(), rule])} />
          <p class="second">{t('alarms.rules.kept')}</p>
        </div>
      </SidePanel>
    );
  }

  function List() {
    const changes = watch.changes.value;
    const asking = useSignal(false);
    if (watch.failed.value && watch.count.value === 0) return <p class="second">{t('alarms.failed')}</p>;
    if (watch.count.value === 0) return <p class="second">{t('alarms.none')}</p>;
    const all = async () => {
      asking.value = true;
      await acknowledge(viewer, changes);
      asking.value = false;
    };
    return (
      <>
        <ol class="changed">
          {watch.reached.value.map((one) => (
            <li key={one.rule.id}>
              <p class="reached">{reachedInWords(one)}</p>
              <button
                type="button"
                class="icon acknowledge"
                aria-label={t('acknowledge.run')}
                title={t('acknowledge.run')}
                onClick={() => watch.note(one)}
              >
                <LineIcon icon="check" />
              </button>
            </li>
          ))}
          {changes.map((change) => (
            <Row key={change.sequence} change={change} viewer={viewer} visit={(one) => void visit(one)} />
          ))}
        </ol>
        {watch.hasMore.value && <p class="second">{t('alarms.more', { n: most })}</p>}
        {changes.length > 1 && mayAcknowledge(viewer) && (
          <button type="button" class="quiet" disabled={asking.value} onClick={() => void all()}>
            {t('alarms.all')}
          </button>
        )}
      </>
    );
  }

  function Rules() {
    const rules = watch.rules.value;
    const replace = (changed: Rule) => watch.choose(rules.map((rule) => (rule.id === changed.id ? changed : rule)));
    const wish = async (rule: Rule, wanted: boolean) =>
      replace({ ...rule, desktop: wanted && (await desktop.allow()) });
    return (
      <>
        {rules.length === 0 && <p class="second">{t('alarms.rules.none')}</p>}
        <ul class="rules">
          {rules.map((rule) => {
            const words = inWords(rule, t, (code) => grids.nameOf(code));
            return (
              <li key={rule.id}>
                <p>{words}</p>
                <button
                  type="button"
                  class="icon"
                  aria-label={t('alarms.rule.remove', { rule: words })}
                  title={t('alarms.rule.remove', { rule: words })}
                  onClick={() => watch.change(rules.filter((one) => one !== rule))}
                >
                  <LineIcon icon="close" />
                </button>
                <fieldset aria-label={words}>
                  <label>
                    <input
                      type="checkbox"
                      checked={rule.sound}
                      disabled={!sound.isPossible}
                      onChange={(event) => {
                        if (event.currentTarget.checked) sound.prepare();
                        replace({ ...rule, sound: event.currentTarget.checked });
                      }}
                    />
                    {t('alarms.sound')}
                  </label>
                  <label>
                    <input
                      type="checkbox"
                      checked={rule.desktop}
                      disabled={desktop.missing.value !== null}
                      onChange={(event) => void wish(rule, event.currentTarget.checked)}
                    />
                    {t('alarms.desktop')}
                  </label>
                </fieldset>
              </li>
            );
          })}
        </ul>
        {sound.isPossible ? (
          <button type="button" onClick={() => sound.test()}>
            {t('alarms.test')}
          </button>
        ) : (
          <p class="second">{t('alarms.sound.none')}</p>
        )}
        {sound.blocked.value && <p class="second">{t('alarms.sound.blocked')}</p>}
        {desktop.missing.value && <p class="second">{t(desktop.missing.value)}</p>}
      </>
    );
  }
}
