import { computed, effect, signal } from '@preact/signals';
import { createRef } from 'preact';
import { ApiError } from '../../api/client';
import type { Viewer } from '../../frame/parts';
import { refusal } from '../api/attempt';
import { add, moveCorner, removeCorner, replace } from '../geometry/borders';
import { perimeter, surface } from '../geometry/measure';
import { type Outline, outlineOf, type Position, toGeoJson } from '../geometry/outline';
import { asLines } from '../geometry/reading';
import { around, shifted } from '../geometry/shapes';
import type { Shown } from '../map/layers';
import { PointerTools } from '../map/tools';
import { Editing } from '../sheet/editing';
import type { History } from '../sheet/history';
import { isChanged, type SheetZone } from '../sheet/sheet';
import { CornerTool } from './corner';
import { features, shown } from './drawn';
import { FieldFault, markable, marks, type WrongField } from './fault';
import { ZoneForm } from './form';
import { FromFile } from './fromFile';
import { ImpactTable } from './impact';
import { Picking } from './pick';
import { ImpactPreview } from './preview';
import { SnapSetting } from './snap';
import { Toolbar } from './toolbar';

export interface EditorActions {
  show: (shown: Shown[]) => void;
  save: () => void;
  /** Nothing is left on the sheet. */
  leave: () => void;
  /** Codes of other zones that have the name of this one. */
  namesakes: (zone: SheetZone) => readonly string[];
}

/** The sheet: tools, the zone's name and level, its measures, and whom it hits. */
export class Editor {
  readonly #editing: Editing;
  readonly #tools: PointerTools;
  private readonly picking: Picking;
  private readonly corner: CornerTool;
  private readonly file: FromFile;
  private readonly snap = new SnapSetting();
  readonly #preview = new ImpactPreview();
  readonly #isOpen = signal(false);
  readonly #imported = signal<Outline>([]);
  readonly #fault = signal<Position | null>(null);
  readonly #wrong = signal<WrongField | null>(null);
  readonly #corners = createRef<HTMLTextAreaElement>();

  constructor(
    private readonly viewer: Viewer,
    history: History,
    private readonly actions: EditorActions,
  ) {
    const { t, map, notices } = viewer;
    const editing = new Editing(history);
    this.#editing = editing;
    this.#tools = new PointerTools(viewer, editing, {
      moving: (outline) => actions.show([shown('zone', toGeoJson(outline))]),
      reach: () => this.snap.metres,
    });
    this.picking = new Picking(viewer, {
      picked: (shape) => editing.edit('pick', (outlines, key) => add(outlines, key, shape)),
      moved: (east, north) =>
        editing.edit('shift', (outlines, key) => replace(outlines, key, shifted(outlines.get(key) ?? [], east, north))),
      grown: (metres) =>
        editing.edit('buffer', (outlines, key) =>
          replace(outlines, key, around([toGeoJson(outlines.get(key) ?? [])], metres)),
        ),
      pausing: (isPicking) => this.#tools.pause(isPicking),
    });
    this.corner = new CornerTool(
      computed(() => editing.active.value?.outline ?? []),
      {
        moved: (from, to) => editing.edit('move', (outlines) => moveCorner(outlines, from, to)),
        removed: (corner) => editing.edit('remove', (outlines) => removeCorner(outlines, corner)),
      },
    );
    this.file = new FromFile(viewer, {
      shown: (outline) => {
        this.#imported.value = outline;
      },
      taken: (outline, isMore) =>
        editing.edit('import', (outlines, key) => (isMore ? add : replace)(outlines, key, outline)),
    });
    editing.changed.on(() => {
      const wrong = this.#wrong.peek();
      if (wrong) this.#wrong.value = { ...wrong, isPast: true };
      this.#refresh();
    });
    editing.refused.on(({ why, at }) => {
      notices.show(why === 'unreadable' ? t('zones.import.unreadable') : t(`zones.geometry.${why}`), 6_000);
      if (why !== 'unreadable') this.#refresh(at);
    });
    effect(() => {
      if (!this.#isOpen.value) return;
      const drawn = {
        sheet: editing.sheet.value,
        active: editing.active.value,
        impact: this.#preview.current.value,
        imported: this.#imported.value,
        fault: this.#fault.value,
        corner: this.corner.marked.value,
      };
      actions.show(features(drawn, map));
    });
    document.addEventListener('keydown', (event) => {
      const { target } = event;
      const isWriting = target instanceof HTMLElement && target.matches('input, textarea');
      if (!this.#tools.isAtWork || !(event.ctrlKey || event.metaKey) || isWriting) return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      this.#go(key === 'y' || event.shiftKey ? 'redo' : 'undo');
    });
  }

  open(): void {
    this.#isOpen.value = true;
    this.#tools.start();
    this.#editing.refresh();
    if (this.#editing.active.peek()?.outline.length === 0) this.#tools.draw('polygon');
  }

  close(): void {
    this.#isOpen.value = false;
    this.#preview.stop();
    this.picking.stop();
    this.file.stop();
    this.#tools.stop();
  }

  /** The sheet is another one than it was, or an edit of it was refused at a position. */
  #refresh(fault: Position | null = null): void {
    const active = this.#editing.active.peek();
    if (!active || !this.#isOpen.peek()) return;
    this.#tools.refresh();
    this.#fault.value = fault;
    this.#preview.ask(active);
  }

  #go(way: 'undo' | 'redo'): void {
    this.#editing.go(way);
    if (this.#editing.active.peek() === null) this.actions.leave();
  }

  #save(): void {
    const active = this.#editing.active.peek();
    if (!active) return;
    const missing =
      active.outline.length === 0 ? 'geometry' : active.name === '' ? 'name' : active.reason === '' ? 'reason' : null;
    if (missing === null) this.actions.save();
    else this.#mark(missing, this.viewer.t('fault.field-missing'));
  }

  /** Marks the field that the server does not take; false: it names none of these. */
  refuse(error: ApiError): boolean {
    const named = error.field?.replace(/^properties\./, '').replace(/[.[].*$/, '');
    const field = markable.find((one) => one === named);
    if (field) this.#mark(field, refusal(error, this.viewer.t));
    return field !== undefined;
  }

  #mark(field: WrongField['field'], text: string): void {
    this.#wrong.value = { field, text, isPast: false };
    if (field === 'geometry') this.#corners.current?.closest('details')?.setAttribute('open', '');
    document.getElementById(field === 'geometry' ? 'zone-corners' : `zone-${field}`)?.focus();
  }

  #throwAway(): void {
    this.#editing.clear();
    this.actions.leave();
  }

  /** How large it is, and which neighbours move with it. */
  readonly #measures = computed(() => {
    const { t } = this.viewer;
    const active = this.#editing.active.value;
    if (!active || active.outline.length === 0) return t('zones.draw.hint');
    const zones = Object.values(this.#editing.sheet.value.zones);
    const others = zones.filter((zone) => zone !== active && isChanged(zone));
    const parts = [
      t('zones.area', { n: Math.round(surface(active.outline)) }),
      t('zones.perimeter', { n: Math.round(perimeter(active.outline)) }),
    ];
    if (others.length > 0) parts.push(t('zones.neighbours', { names: others.map(({ name }) => name).join(', ') }));
    return parts.join(' · ');
  });

  readonly #lines = computed(() => asLines(this.#editing.active.value?.outline ?? []));

  readonly View = () => {
    const { t, coveredArea } = this.viewer;
    const editing = this.#editing;
    return (
      <div class="editor">
        <Toolbar
          editing={editing}
          tools={this.#tools}
          t={t}
          go={(way) => this.#go(way)}
          free={() => this.picking.stop()}
        />
        <this.snap.Setting t={t} />
        <this.picking.View />
        <this.corner.View t={t} />
        <p class="measures" role="status">
          {this.#measures}
        </p>
        <ZoneForm
          editing={editing}
          coveredArea={coveredArea}
          t={t}
          wrong={this.#wrong.value}
          namesakes={this.actions.namesakes}
          save={() => this.#save()}
          throwAway={() => this.#throwAway()}
        />
        <div aria-live="polite">
          <this.Impact />
        </div>
        <details>
          <summary>{t('zones.corners')}</summary>
          <label for="zone-corners">{t('zones.corners.hint')}</label>
          <textarea
            id="zone-corners"
            ref={this.#corners}
            rows={4}
            spellcheck={false}
            value={this.#lines}
            {...marks('geometry', this.#wrong.value)}
          />
          <FieldFault field="geometry" wrong={this.#wrong.value} />
          <div class="actions">
            <button type="button" onClick={() => editing.read(this.#corners.current!.value)}>
              {t('zones.corners.take')}
            </button>
          </div>
        </details>
        <this.file.View />
      </div>
    );
  };

  private readonly Impact = () => {
    const { t } = this.viewer;
    const impact = this.#preview.shown.value;
    if (impact === null) return null;
    if (impact instanceof ApiError)
      return <p class="hint">{impact.status === 400 ? refusal(impact, t) : t('zones.impact.failed')}</p>;
    const close = (closed: GeoJSON.Polygon | GeoJSON.MultiPolygon) =>
      this.#editing.edit('close', (outlines, key) => replace(outlines, key, outlineOf(closed)));
    return <ImpactTable impact={impact} t={t} close={close} />;
  };
}
