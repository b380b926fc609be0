import type { HexColor } from 'terra-draw';
import { h, replaceContent } from '../../dom';
import type { Viewer } from '../../frame/viewer';
import { palette } from '../../theme/theme';
import { type Impact, zoneApi } from '../client';
import {
  add,
  cutOut,
  type Edited,
  insertCorner,
  merge,
  moveCorner,
  removeCorner,
  replace,
  split,
} from '../geometry/borders';
import { perimeter, surface } from '../geometry/measure';
import { type Outline, outlineOf, type Place, toGeoJson } from '../geometry/outline';
import { asLines, readOutline } from '../geometry/reading';
import { around, shifted } from '../geometry/shapes';
import { snapped } from '../geometry/snapping';
import { BordersInView } from '../map/borders';
import { Dragging } from '../map/dragging';
import { Drawing, type Tool } from '../map/drawing';
import type { Shown } from '../map/layers';
import type { History } from '../sheet/history';
import { isChanged, outlinesOf, type SheetZone, withOutlines, withZones } from '../sheet/sheet';
import { CornerTool } from './corner';
import { FromFile } from './fromFile';
import { impactTable } from './impact';
import { instantOf, wallClock } from './instants';
import { pickTools } from './pick';
import { snapSetting } from './snap';

export interface EditorActions {
  show: (shown: Shown[]) => void;
  save: () => void;
  /** Nothing is left on the sheet. */
  leave: () => void;
}

const pause = 150; // ms without an edit, before the server is asked whom it hits

/** The sheet: tools, the zone's name and level, its measures, and whom it hits. */
export class Editor {
  readonly element = h('div', { class: 'editor' });
  readonly #measures = h('p', { class: 'measures', role: 'status' });
  readonly #impact = h('div', { 'aria-live': 'polite' });
  readonly #tools = h('div', { class: 'actions', role: 'toolbar' });
  readonly #form = h('div', { class: 'form' });
  readonly #corners = h('textarea', { id: 'zone-corners', rows: 4, spellcheck: 'false' });
  readonly #pick: ReturnType<typeof pickTools>;
  readonly #corner: CornerTool;
  readonly #file: FromFile;
  readonly #snap: ReturnType<typeof snapSetting>;
  readonly #borders: BordersInView;
  #drawing: Drawing | null = null;
  #dragging: Dragging | null = null;
  #purpose: 'add' | 'cut' = 'add';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;
  #impacts: Impact | null = null;
  /** What is chosen of a file and not taken yet. */
  #imported: Outline = [];

  constructor(
    private readonly viewer: Viewer,
    private readonly history: History,
    private readonly actions: EditorActions,
  ) {
    const { t, appearance } = viewer;
    this.#tools.setAttribute('aria-label', t('zones.tools'));
    this.#pick = pickTools(viewer, {
      picked: (shape) => this.#with('pick', (outlines, key) => add(outlines, key, shape)),
      moved: (east, north) =>
        this.#with('shift', (outlines, key) => replace(outlines, key, shifted(outlines.get(key) ?? [], east, north))),
      grown: (metres) =>
        this.#with('buffer', (outlines, key) =>
          replace(outlines, key, around([toGeoJson(outlines.get(key) ?? [])], metres)),
        ),
      pausing: (isPicking) => (isPicking ? this.#stopDrawing() : this.#startDrawing()),
    });
    this.#corner = new CornerTool(t, {
      moved: (from, to) => this.#with('move', (outlines) => moveCorner(outlines, from, to)),
      removed: (corner) => this.#with('remove', (outlines) => removeCorner(outlines, corner)),
      marked: () => this.#show(this.#impacts, null),
    });
    this.#file = new FromFile(viewer, {
      shown: (outline) => {
        this.#imported = outline;
        this.#show(this.#impacts, null);
      },
      taken: (outline, isMore) =>
        this.#with('import', (outlines, key) => (isMore ? add : replace)(outlines, key, outline)),
    });
    this.#snap = snapSetting(t);
    this.#borders = new BordersInView(viewer.map);
    this.element.append(
      this.#tools,
      this.#snap.element,
      this.#pick.element,
      this.#corner.element,
      this.#measures,
      this.#form,
      this.#impact,
      h(
        'details',
        {},
        h('summary', {}, t('zones.corners')),
        h('label', { for: 'zone-corners' }, t('zones.corners.hint')),
        this.#corners,
        h(
          'div',
          { class: 'actions' },
          h('button', { type: 'button', onclick: () => this.#read(this.#corners.value) }, t('zones.corners.take')),
        ),
      ),
      this.#file.element,
    );
    document.addEventListener('keydown', (event) => {
      const { target } = event;
      if (
        !(this.#drawing || this.#dragging) ||
        !(event.ctrlKey || event.metaKey) ||
        (target instanceof HTMLElement && target.matches('input, textarea'))
      )
        return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      this.#go(key === 'y' || event.shiftKey ? 'redo' : 'undo');
    });
    appearance.changed.on(() => {
      if (!this.#drawing) return; // nothing of Terra Draw's is on the map
      this.#stopDrawing();
      viewer.map.once('idle', () => this.#startDrawing());
    });
  }

  open(): void {
    this.#borders.start();
    if (!this.#drawing) this.#startDrawing();
    this.#fillForm();
    this.#refresh();
    const active = this.#active;
    if (active && active.outline.length === 0) this.#use('polygon', 'add');
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#borders.stop();
    this.#pick.stop();
    this.#file.stop();
    this.#stopDrawing();
  }

  get #active(): SheetZone | null {
    const { active, zones } = this.history.sheet;
    return active === null ? null : (zones[active] ?? null);
  }

  #startDrawing(): void {
    const { map, appearance } = this.viewer;
    this.#stopDrawing();
    document.body.classList.add('drawing');
    this.#drawing = new Drawing(
      map,
      palette(appearance).zone as HexColor,
      {
        drawn: (shape) =>
          this.#with('draw', (outlines, key) => (this.#purpose === 'cut' ? cutOut : add)(outlines, key, shape)),
        line: (line) => this.#split(line),
        moved: (from, to) => this.#with('move', (outlines) => moveCorner(outlines, from, to)),
        inserted: (side, corner) => this.#with('insert', (outlines) => insertCorner(outlines, side, corner)),
        removed: (corner) => this.#with('remove', (outlines) => removeCorner(outlines, corner)),
      },
      (at, from) => snapped(at, this.#snaps(from === null), this.#snap.metres(), from),
    );
    const active = this.#active;
    if (active) this.#drawing.edit(active.outline);
  }

  #stopDrawing(): void {
    document.body.classList.remove('drawing');
    this.#drawing?.stop();
    this.#dragging?.stop();
    [this.#drawing, this.#dragging] = [null, null];
  }

  /** What corners snap to: those of the zone in work only for a new piece. */
  *#snaps(isNew: boolean): Generator<Outline> {
    for (const zone of Object.values(this.history.sheet.zones))
      if (isNew || zone.key !== this.history.sheet.active) yield zone.outline;
    yield* this.#borders.outlines;
  }

  #use(tool: Tool, purpose: 'add' | 'cut'): void {
    this.#purpose = purpose;
    if (!this.#drawing) this.#edit();
    this.#drawing?.draw(tool);
  }

  /** Back to moving corners, whatever was done before. */
  #edit(): void {
    this.#pick.stop();
    this.#startDrawing();
    this.#fillTools();
  }

  #drag(): void {
    if (this.#dragging) return this.#edit();
    this.#pick.stop();
    this.#stopDrawing();
    document.body.classList.add('drawing');
    this.#dragging = new Dragging(this.viewer.map, () => this.#active?.outline ?? [], {
      moving: (outline) =>
        this.actions.show([{ type: 'Feature', properties: { part: 'zone' }, geometry: toGeoJson(outline) }]),
      moved: (outline) => this.#with('shift', (outlines, key) => replace(outlines, key, outline)),
    });
    this.#fillTools();
  }

  #go(way: 'undo' | 'redo'): void {
    this.history[way]();
    if (this.history.sheet.active === null) this.actions.leave();
    else {
      this.#fillForm();
      this.#refresh();
    }
  }

  #with(
    what: string,
    edit: (outlines: ReturnType<typeof outlinesOf>, key: string) => Edited,
    made?: (key: string) => SheetZone,
  ): void {
    const { t, notices } = this.viewer;
    const active = this.#active;
    if (!active) return;
    const edited = edit(outlinesOf(this.history.sheet), active.key);
    if (edited.outlines === null) {
      const { why, at } = edited.fault;
      notices.show(t(`zones.geometry.${why}`), 6_000);
      this.#refresh(why === 'nothing' ? null : at);
      return;
    }
    this.history.do(what, withOutlines(this.history.sheet, edited.outlines, made));
    this.#refresh();
  }

  #split(line: Place[]): void {
    const active = this.#active;
    const suffix = (key: string) => key.slice(key.lastIndexOf('~') + 1);
    if (active) {
      this.#with(
        'split',
        (outlines, key) => split(outlines, key, line, (n) => `${key}~${Date.now()}~${n}`),
        (key) => ({
          ...active,
          key,
          code: null,
          name: `${active.name}-${'abcdefghijklmnopqrstuvwxyz'[Number(suffix(key))] ?? suffix(key)}`,
          outline: [],
          base: null,
          etag: null,
        }),
      );
    }
  }

  #read(text: string): void {
    const outline = readOutline(text);
    if (outline === null) this.viewer.notices.show(this.viewer.t('zones.import.unreadable'), 8_000);
    else this.#with('import', (outlines, key) => replace(outlines, key, outline));
  }

  #refresh(fault: Place | null = null): void {
    const active = this.#active;
    const { t } = this.viewer;
    if (!active) return;
    this.#drawing?.edit(active.outline);
    this.#fillTools();
    this.#corners.value = asLines(active.outline);
    this.#corner.show(active.outline);
    const others = Object.values(this.history.sheet.zones).filter((zone) => zone !== active && isChanged(zone));
    this.#measures.textContent =
      active.outline.length === 0
        ? t('zones.draw.hint')
        : [
            t('zones.area', { n: Math.round(surface(active.outline)) }),
            t('zones.perimeter', { n: Math.round(perimeter(active.outline)) }),
            ...(others.length === 0
              ? []
              : [t('zones.neighbours', { names: others.map(({ name }) => name).join(', ') })]),
          ].join(' · ');
    this.#show(null, fault);
    this.#preview(active);
  }

  #show(impact: Impact | null, fault: Place | null): void {
    const active = this.#active;
    this.#impacts = impact;
    const { map } = this.viewer;
    const cut = new Set(impact?.buildingsCut.map(({ code }) => code));
    const buildings =
      cut.size === 0 || !map.getLayer('buildings')
        ? []
        : map.queryRenderedFeatures({ layers: ['buildings'], filter: ['in', ['get', 'code'], ['literal', [...cut]]] });
    this.actions.show([
      ...Object.values(this.history.sheet.zones)
        .filter((zone) => (zone === active || isChanged(zone)) && zone.outline.length > 0)
        .map((zone): Shown => ({ type: 'Feature', properties: { part: 'zone' }, geometry: toGeoJson(zone.outline) })),
      ...(this.#imported.length > 0
        ? [{ type: 'Feature', properties: { part: 'added' }, geometry: toGeoJson(this.#imported) } as Shown]
        : []),
      ...(active?.base
        ? [{ type: 'Feature', properties: { part: 'base' }, geometry: toGeoJson(active.base) } as Shown]
        : []),
      ...(impact?.borders?.faults ?? []).map(
        ({ outline }): Shown => ({ type: 'Feature', properties: { part: 'cut' }, geometry: outline }),
      ),
      ...buildings.map(({ geometry }): Shown => ({ type: 'Feature', properties: { part: 'cut' }, geometry })),
      ...[
        ...(impact?.crossings.map(({ lon, lat }) => [lon, lat]) ?? []),
        ...(impact?.mended.flatMap(({ lon, lat }) => (lon === null || lat === null ? [] : [[lon, lat]])) ?? []),
        ...(fault ? [fault] : []),
      ].map(
        (coordinates): Shown => ({
          type: 'Feature',
          properties: { part: 'crossing' },
          geometry: { type: 'Point', coordinates: [...coordinates] },
        }),
      ),
      ...(this.#corner.marked
        ? [
            {
              type: 'Feature',
              properties: { part: 'corner' },
              geometry: { type: 'Point', coordinates: [...this.#corner.marked] },
            } as Shown,
          ]
        : []),
    ]);
  }

  /** Asks whom the outline hits once it rests; an answer to an older outline is never shown. */
  #preview(zone: SheetZone): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (zone.outline.length === 0) return replaceContent(this.#impact);
    const asking = (this.#asking = new AbortController());
    this.#timer = setTimeout(() => {
      zoneApi.preview(zone, asking.signal).then(
        (impact) => {
          if (asking.signal.aborted) return;
          replaceContent(
            this.#impact,
            impactTable(impact, this.viewer.t, (closed) =>
              this.#with('close', (outlines, key) => replace(outlines, key, outlineOf(closed))),
            ),
          );
          this.#show(impact, null);
        },
        () => {
          if (!asking.signal.aborted)
            replaceContent(this.#impact, h('p', { class: 'hint' }, this.viewer.t('zones.impact.failed')));
        },
      );
    }, pause);
  }

  #fillTools(): void {
    const { t } = this.viewer;
    const { undoes, redoes, sheet } = this.history;
    const outline: Outline = this.#active?.outline ?? [];
    const button = (key: Parameters<typeof t>[0], run: () => void, enabled = true, pressed?: boolean) =>
      h(
        'button',
        {
          type: 'button',
          'data-key': key,
          disabled: !enabled,
          onclick: run,
          ...(pressed === undefined ? {} : { 'aria-pressed': String(pressed) }),
        },
        t(key),
      );
    const there = outline.length > 0;
    const beside = Object.values(sheet.zones).find((zone) => zone.key !== sheet.active && zone.code === null);
    replaceContent(
      this.#tools,
      button('zones.undo', () => this.#go('undo'), undoes !== null),
      button('zones.redo', () => this.#go('redo'), redoes !== null),
      button('zones.polygon', () => this.#use('polygon', 'add')),
      button('zones.rectangle', () => this.#use('rectangle', 'add')),
      button('zones.circle', () => this.#use('circle', 'add')),
      button('zones.hole', () => this.#use('polygon', 'cut'), there),
      button('zones.split', () => this.#use('linestring', 'add'), there),
      beside
        ? button('zones.mergeWith', () => this.#with('merge', (outlines, key) => merge(outlines, key, beside.key)))
        : null,
      button('zones.corners.edit', () => this.#edit(), there),
      button('zones.drag', () => this.#drag(), there, this.#dragging !== null),
    );
  }

  #fillForm(): void {
    const {
      t,
      place: { zoneLevels, timeZone },
    } = this.viewer;
    const active = this.#active;
    if (!active) return;
    const set = (change: Partial<SheetZone>) => {
      const zone = this.#active;
      if (!zone) return;
      this.history.do('text', withZones(this.history.sheet, [{ ...zone, ...change }]));
      this.#refresh();
    };
    const name = h('input', { id: 'zone-name', maxlength: 100, required: true, value: active.name });
    const reason = h('textarea', { id: 'zone-reason', rows: 2, maxlength: 1000 }, active.reason);
    const level = h(
      'select',
      { id: 'zone-level' },
      ...zoneLevels.map(({ id, name: said }) =>
        h('option', { value: id, selected: id === active.level }, said[t.language] ?? id),
      ),
    );
    const when = (id: string, iso: string | null, change: (iso: string | null) => Partial<SheetZone>) => {
      const input = h('input', { id, type: 'datetime-local', value: iso === null ? '' : wallClock(iso, timeZone) });
      input.addEventListener('change', () => set(change(input.value === '' ? null : instantOf(input.value, timeZone))));
      return input;
    };
    name.addEventListener('change', () => set({ name: name.value.trim() }));
    reason.addEventListener('change', () => set({ reason: reason.value.trim() }));
    level.addEventListener('change', () => set({ level: level.value }));
    replaceContent(
      this.#form,
      h('label', { for: 'zone-name' }, t('zones.name')),
      name,
      h('label', { for: 'zone-level' }, t('zones.level')),
      level,
      h('label', { for: 'zone-from' }, t('zones.from')),
      when('zone-from', active.from, (from) => ({ from })),
      h('label', { for: 'zone-to' }, t('zones.to')),
      when('zone-to', active.to, (to) => ({ to })),
      h('label', { for: 'zone-reason' }, t('zones.reason')),
      reason,
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'strong', onclick: () => this.#save() }, t('zones.save')),
        h(
          'button',
          {
            type: 'button',
            onclick: () => {
              this.history.clear();
              this.actions.leave();
            },
          },
          t('zones.throwAway'),
        ),
      ),
    );
  }

  #save(): void {
    const active = this.#active;
    if (!active || active.outline.length === 0 || active.name === '' || active.reason === '')
      this.viewer.notices.show(this.viewer.t('zones.incomplete'), 6_000);
    else this.actions.save();
  }
}
