import type { HexColor } from 'terra-draw';
import { h } from '../../dom';
import type { Viewer } from '../../frame/viewer';
import { palette } from '../../theme/theme';
import { split } from '../geometry/borders';
import { surface } from '../geometry/measure';
import { type Outline, type Place, place } from '../geometry/outline';
import { snapped } from '../geometry/snapping';
import { Drawing } from '../map/drawing';
import { instantOf } from './instants';

const snapReach = 5; // metres

export interface SplitEvents {
  /** Shows on the map what the line would make of the zone. */
  show: (parts: readonly Outline[]) => void;
  /** @param until ISO 8601; null: for good */
  split: (parts: readonly Outline[], until: string | null) => void;
}

/** Splits a zone in force into parts with codes of their own (-a, -b, …) along a line, drawn or typed; the parts are shown before anything is done. */
export function splitTool(
  viewer: Viewer,
  outline: Outline,
  events: SplitEvents,
): { element: HTMLElement; stop: () => void } {
  const {
    t,
    map,
    appearance,
    place: { timeZone },
  } = viewer;
  let drawing: Drawing | null = null;
  let parts: Outline[] = [];
  const line = h('textarea', { id: 'zone-split-line', rows: 2, spellcheck: 'false' });
  const until = h('input', { id: 'zone-split-until', type: 'datetime-local' });
  const found = h('p', { class: 'hint', role: 'status' });
  const run = h(
    'button',
    {
      type: 'button',
      disabled: true,
      onclick: () => events.split(parts, until.value === '' ? null : instantOf(until.value, timeZone)),
    },
    t('zones.parts.split'),
  );
  line.addEventListener('change', () => cut(placesIn(line.value)));
  const element = h(
    'details',
    {},
    h('summary', {}, t('zones.parts')),
    h('div', { class: 'actions' }, h('button', { type: 'button', onclick: draw }, t('zones.parts.draw'))),
    h('label', { for: line.id }, t('zones.parts.line')),
    line,
    h('label', { for: until.id }, t('zones.parts.until')),
    until,
    found,
    h('div', { class: 'actions' }, run),
  );
  return { element, stop };

  function stop(): void {
    if (!drawing) return;
    document.body.classList.remove('drawing');
    drawing.stop();
    drawing = null;
  }

  function draw(): void {
    stop();
    found.textContent = t('zones.parts.hint');
    document.body.classList.add('drawing');
    const nothing = () => undefined;
    drawing = new Drawing(
      map,
      palette(appearance).zone as HexColor,
      {
        drawn: nothing,
        moved: nothing,
        inserted: nothing,
        removed: nothing,
        line: (places) => {
          stop();
          line.value = places.map(([lon, lat]) => `${lon.toFixed(7)}, ${lat.toFixed(7)}`).join('\n');
          cut(places);
        },
      },
      (at) => snapped(at, [outline], snapReach),
    );
    drawing.draw('linestring');
  }

  function cut(places: readonly Place[]): void {
    const key = 'zone';
    const edited = places.length < 2 ? null : split(new Map([[key, outline]]), key, places, (n) => `${key}-${n}`);
    parts = edited?.outlines ? [...edited.outlines.values()] : [];
    run.disabled = parts.length < 2;
    found.textContent =
      parts.length < 2
        ? t('zones.parts.none')
        : parts
            .map((part, i) => `-${String.fromCharCode(97 + i)}: ${t('zones.area', { n: Math.round(surface(part)) })}`)
            .join(' · ');
    events.show(parts);
  }
}

/** Lines of `lon, lat`; none where one of them is something else. */
function placesIn(text: string): Place[] {
  const places = text
    .trim()
    .split(/\n+/)
    .map((at) =>
      at
        .split(/[\s,;]+/)
        .filter((part) => part !== '')
        .map(Number),
    );
  return places.every((at) => at.length === 2 && at.every(Number.isFinite))
    ? places.map(([lon, lat]) => place(lon!, lat!))
    : [];
}
