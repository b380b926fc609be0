import { api } from '../api/client';
import { byId, h } from '../dom';
import { icon } from '../frame/icons';
import type { Moment } from '../frame/time';
import type { Viewer } from '../frame/viewer';
import type { MessageKey } from '../i18n/messages';
import { throttle } from '../live/throttle';
import { Comparison } from './compare';
import { tilesOfTheMoment } from './tiles';
import './replay.css';

const span = 90 * 24 * 60; // minutes
const minute = 60_000;
const pace = 500; // ms between two steps when it plays
const speeds = [60, 360, 1440, 10_080]; // minutes a second

/** The time slider: any minute of the last 90 days, with how much changed each day; it plays, and compares two instants. */
export function replay(viewer: Viewer): void {
  const { t, times, time, map, main, menu, keys, place, address, notices, feed } = viewer;
  tilesOfTheMoment(viewer);
  const comparison = new Comparison(viewer);
  let end = 0; // minutes since 1970, the present when it was opened
  let timer: ReturnType<typeof setInterval> | undefined;
  const slider = h('input', { type: 'range', min: 0, max: span, step: 1, 'aria-label': t('replay.slider') });
  const exact = h('input', { type: 'datetime-local', 'aria-label': t('replay.exact') });
  const play = h(
    'button',
    {
      type: 'button',
      class: 'icon',
      'aria-label': t('replay.play'),
      title: t('replay.play'),
      onclick: () => playing(timer === undefined),
    },
    icon('play'),
  );
  const speed = h(
    'select',
    { 'aria-label': t('replay.speed') },
    ...speeds.map((minutes) => h('option', { value: minutes }, t(`replay.speed.${minutes}` as MessageKey))),
  );
  const known = h(
    'select',
    { 'aria-label': t('replay.known') },
    ...(['then', 'since'] as const).map((value) => h('option', { value }, t(`replay.known.${value}`))),
  );
  const compare = h(
    'button',
    { type: 'button', 'aria-pressed': 'false', onclick: () => setComparing(!comparison.isOpen) },
    icon('split'),
    t('replay.compare'),
  );
  const bars = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const hint = h('p', { class: 'second hint' });
  const element = h(
    'section',
    { id: 'timeline', 'aria-label': t('replay.label'), hidden: true },
    h(
      'div',
      { class: 'row' },
      play,
      speed,
      exact,
      known,
      compare,
      h('span', { class: 'gap' }),
      h('button', { type: 'button', onclick: () => close() }, t('replay.back')),
    ),
    h('div', { class: 'track' }, bars, slider),
    h('div', { class: 'ends' }, h('span', { class: 'from' }), hint, h('span', { class: 'to' })),
  );
  speed.value = '1440';
  bars.setAttribute('aria-hidden', 'true');
  bars.setAttribute('preserveAspectRatio', 'none');
  main.insertBefore(element, byId('notice'));
  menu.add({ icon: 'clock', label: t('replay.label'), run: () => (element.hidden ? open(null) : close()) });
  keys.add('r', 'replay.label', () => (element.hidden ? open(null) : close()));
  keys.add(' ', 'replay.play', () => !element.hidden && playing(timer === undefined));

  const show = throttle(120, async () => {
    if (element.hidden) return;
    time.show(moment());
    address.set({ at: moment().at, known: known.value === 'since' ? 'since' : null });
  });
  slider.addEventListener('input', () => {
    label();
    show();
  });
  exact.addEventListener('change', () => {
    const at = times.parse(exact.value);
    if (at === null) return;
    slider.value = String(span - (end - Math.round(at / minute)));
    show();
  });
  known.addEventListener('change', () => show());
  feed.again.on(() => !element.hidden && void histogram());
  const fromAddress = () => {
    const at = address.get('at');
    if (at !== null && !Number.isNaN(Date.parse(at)))
      open({ at, known: address.get('known') === 'since' ? 'since' : 'then' });
    else if (!element.hidden) close();
  };
  address.onChange(fromAddress);
  fromAddress();
  if (address.get('compare') !== null) map.once('idle', () => setComparing(true, address.get('compare')!));

  function moment(): Moment {
    const at = new Date((end - span + Number(slider.value)) * minute);
    return { at: `${at.toISOString().slice(0, 16)}:00Z`, known: known.value as Moment['known'] };
  }

  function open(wanted: Moment | null): void {
    if (place.grid === null) return notices.show(t('card.empty'), 5_000);
    end = Math.floor(Date.now() / minute);
    element.hidden = false;
    document.body.classList.add('replaying');
    known.value = wanted?.known ?? 'then';
    slider.value = String(
      wanted === null ? span - 1440 : Math.max(0, span - (end - Math.floor(Date.parse(wanted.at) / minute))),
    );
    element.querySelector('.from')!.textContent = times.day(new Date((end - span) * minute).toISOString());
    element.querySelector('.to')!.textContent = t('live.live');
    label();
    time.show(moment());
    show();
    void histogram();
    if (wanted === null) slider.focus();
  }

  function close(): void {
    playing(false);
    setComparing(false);
    element.hidden = true;
    document.body.classList.remove('replaying');
    address.set({ at: null, known: null });
    time.show(null);
  }

  function label(): void {
    const { at } = moment();
    slider.setAttribute('aria-valuetext', times.exact(at));
    exact.value = times.input(at);
    hint.textContent = times.exact(at);
  }

  function playing(on: boolean): void {
    clearInterval(timer);
    timer = undefined;
    play.replaceChildren(icon(on ? 'pause' : 'play'));
    play.setAttribute('aria-label', t(on ? 'replay.pause' : 'replay.play'));
    if (!on) return;
    if (Number(slider.value) >= span) slider.value = '0';
    timer = setInterval(() => {
      // no step before the one before is drawn
      if (!map.areTilesLoaded()) return;
      slider.value = String(Math.min(span, Number(slider.value) + (Number(speed.value) * pace) / 1000));
      label();
      show();
      if (Number(slider.value) >= span) playing(false);
    }, pace);
  }

  function setComparing(on: boolean, at: string = moment().at): void {
    if (on) comparison.open({ at, known: 'then' });
    else comparison.close();
    address.set({ compare: on ? at : null });
    compare.setAttribute('aria-pressed', String(on));
  }

  async function histogram(): Promise<void> {
    try {
      const { points } = await api.series(place.grid!, {
        from: new Date((end - span) * minute).toISOString(),
        steps: '90',
      });
      const most = Math.max(1, ...points.map(({ changes }) => changes));
      bars.setAttribute('viewBox', '0 0 90 100');
      bars.replaceChildren(
        ...points.map(({ changes }, index) => {
          const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
          // by the root, so that a day of many leaves the others visible
          const tall = changes === 0 ? 0 : 8 + 92 * Math.sqrt(changes / most);
          for (const [name, value] of Object.entries({ x: index + 0.1, y: 100 - tall, width: 0.8, height: tall }))
            bar.setAttribute(name, String(value));
          return bar;
        }),
      );
    } catch {
      bars.replaceChildren();
    }
  }
}
