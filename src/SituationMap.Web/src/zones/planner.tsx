import { effect, signal } from '@preact/signals';
import type { Viewer } from '../frame/parts';
import { SidePanel } from '../frame/side';
import { Side } from '../frame/sides';
import { may } from '../session/session';
import { copied } from '../ui/copy';
import { attempt } from './api/attempt';
import { type ListedZone, zoneApi } from './api/client';
import { Deciding, waitsFor } from './deciding';
import { boundsOf, outlineOf, toGeoJson } from './geometry/outline';
import { PlanningLayers } from './map/layers';
import { buildingsCut, pending, shown } from './panel/drawn';
import { Editor } from './panel/editor';
import { fetchKnown, type Known } from './panel/known';
import { ZoneList } from './panel/list';
import { type Conflict, conflictBounds, conflictOf, conflictOnMap, Merging } from './panel/merging';
import { type OneActions, OneZone } from './panel/one';
import type { History } from './sheet/history';
import { storedHistory } from './sheet/keeper';
import { freshZone, laidWithNeighbours, zoneOnSheet } from './sheet/laying';
import { namesakes } from './sheet/names';
import { saveSheet } from './sheet/saving';
import { type SheetZone, withoutZone, withZones } from './sheet/sheet';
import './zones.css';

/** What the panel shows. */
type View =
  | { kind: 'nothing' }
  | { kind: 'list' }
  | { kind: 'one'; title: string; known: Known }
  | { kind: 'sheet' }
  | { kind: 'conflict'; conflict: Conflict };

/** The code of the draft that is shown; null: none is. */
const draftIn = (view: View): string | null =>
  view.kind === 'one' && view.known.zone.draft !== null ? view.known.zone.code : null;

/** Planning risk zones, on the right side of the page: the list, one zone, or the sheet on which outlines are drawn. */
export class Planner {
  readonly #side = new Side();
  readonly #view = signal<View>({ kind: 'nothing' });
  readonly #zones = signal<readonly ListedZone[]>([]);
  readonly #deciding: Deciding;
  readonly #layers: PlanningLayers;
  private readonly editor: Editor;

  private constructor(
    private readonly viewer: Viewer,
    private readonly history: History,
  ) {
    const { slots, sides, feed, address } = viewer;
    this.#layers = new PlanningLayers(viewer);
    this.#deciding = new Deciding(viewer, {
      try: (action, stale) => this.#try(action, stale),
      settled: (code) => {
        const view = this.#view.peek();
        if (view.kind === 'one' && view.known.zone.code === code) void this.#open(code);
        if (view.kind === 'list') void this.#list();
      },
    });
    this.editor = new Editor(viewer, history, {
      show: (features) => this.#layers.show(features),
      save: () =>
        void attempt(
          viewer,
          () => this.#save(),
          undefined,
          (error) => this.editor.refuse(error),
        ),
      leave: () => void this.#list(),
      namesakes: ({ name, code }) => namesakes(this.#zones.value, name, code),
    });
    slots.put('side', <this.Panel />);
    effect(() => address.set({ draft: this.#side.shown.value ? draftIn(this.#view.value) : null }));
    sides.changed.on(() => {
      if (sides.top !== this.#side) this.editor.close();
    });
    feed.zone.on(() => {
      if (sides.top === this.#side && this.#view.peek().kind === 'list') void this.#list();
    });
  }

  static async open(viewer: Viewer): Promise<Planner> {
    return new Planner(viewer, await storedHistory());
  }

  /** Opens the draft that a link names, as whoever sent it saw it. */
  async follow(code: string): Promise<void> {
    if (draftIn(this.#view.peek()) === code && this.#side.shown.peek()) return;
    const { sides, notices, t } = this.viewer;
    await this.#list();
    sides.show(this.#side);
    await this.#open(code);
    const view = this.#view.peek();
    if (view.kind === 'one' && view.known.zone.draft === null) notices.show(t('zones.link.noDraft'), 8_000);
  }

  toggle(): void {
    const { sides } = this.viewer;
    if (sides.top === this.#side) {
      this.#layers.show([]);
      sides.hide(this.#side);
      return;
    }
    sides.show(this.#side);
    if (this.history.sheet.active === null) void this.#list();
    else this.#edit();
  }

  private readonly Panel = () => {
    const { t } = this.viewer;
    const view = this.#view.value;
    return (
      <SidePanel
        side={this.#side}
        id="zones"
        label={t('zones.title')}
        head={
          <div>
            <button
              type="button"
              class="back quiet"
              hidden={view.kind === 'list' || view.kind === 'nothing'}
              onClick={() => void this.#list()}
            >
              {t('zones.back')}
            </button>
            <h2 tabIndex={-1}>{this.#titleOf(view)}</h2>
          </div>
        }
        closeLabel={t('panel.close')}
        close={() => this.toggle()}
      >
        <div class="body">{this.#body(view)}</div>
      </SidePanel>
    );
  };

  #titleOf(view: View): string {
    const { t } = this.viewer;
    if (view.kind === 'one') return view.title;
    if (view.kind === 'nothing') return '';
    return t(view.kind === 'list' ? 'zones.title' : view.kind === 'sheet' ? 'zones.sheet' : 'zones.merge');
  }

  #body(view: View) {
    const { viewer } = this;
    if (view.kind === 'list') return <this.List />;
    if (view.kind === 'sheet') return <this.editor.View />;
    if (view.kind === 'one')
      return (
        <OneZone
          key={`${view.known.zone.code} ${view.known.zone.etag}`}
          known={view.known}
          viewer={viewer}
          isOpen={this.#side.shown}
          actions={this.#actionsOn(view.known)}
        />
      );
    if (view.kind === 'conflict')
      return (
        <Merging
          conflict={view.conflict}
          session={viewer}
          take={(zone) => {
            this.history.do('merge', withZones(this.history.sheet, [zone]));
            this.#edit();
          }}
          drop={() => {
            this.history.do('drop', withoutZone(this.history.sheet, view.conflict.mine.key));
            if (this.history.sheet.active === null) void this.#list();
            else this.#edit();
          }}
        />
      );
    return null;
  }

  private readonly List = () => {
    const { session, coveredArea } = this.viewer;
    const isBegun = this.history.sheet.active !== null;
    const begin = () => (isBegun ? this.#edit() : this.#lay(freshZone(coveredArea.zoneLevels[0]?.id ?? '')));
    return (
      <ZoneList
        zones={this.#zones.value}
        session={this.viewer}
        open={(zone) => void this.#open(zone.code)}
        draw={may(session, 'plan') ? begin : null}
        isBegun={isBegun}
      />
    );
  };

  async #list(): Promise<void> {
    const { t } = this.viewer;
    await this.#try(async () => {
      this.#zones.value = await zoneApi.list();
      this.editor.close();
      this.#layers.show(this.#zones.peek().flatMap((zone) => pending(zone, t)));
      this.#view.value = { kind: 'list' };
    });
  }

  async #open(code: string): Promise<void> {
    await this.#try(async () => {
      const known = await fetchKnown(code);
      const { zone, title, outline } = known;
      this.#deciding.show(zone);
      this.editor.close();
      const { map, padding, t } = this.viewer;
      // what is in force is drawn by the map itself
      this.#layers.show(zone.draft ? pending(zone.draft, t) : outline ? [shown('chosen', outline)] : []);
      if (outline) map.fitBounds(boundsOf(outlineOf(outline)), { padding: padding(), maxZoom: 17 });
      this.#view.value = { kind: 'one', title, known };
    });
  }

  #actionsOn({ zone, history }: Known): OneActions {
    const { notices, t } = this.viewer;
    const { code, etag } = zone;
    return {
      edit: () => this.#lay(zoneOnSheet(zone)),
      discard: () =>
        void this.#try(async () => {
          await zoneApi.discard(code, etag);
          await this.#list();
        }),
      parts: (parts) => this.#layers.show(parts.map((part) => shown('added', toGeoJson(part)))),
      open: (other) => void this.#open(other),
      copyLink: () => notices.show(t(copied(location.href) ? 'zones.link.copied' : 'copy.failed'), 4_000),
      impact: (impact) =>
        this.#layers.show([
          ...(zone.inForce ? [shown('base', zone.inForce.outline)] : []),
          ...(zone.draft ? pending(zone.draft, t) : []),
          ...buildingsCut(impact, this.viewer.map).map(({ geometry }) => shown('cut', geometry)),
        ]),
      step: (step, body) =>
        void this.#try(
          async () => {
            const waits = waitsFor(step, body);
            await zoneApi.step(code, step, etag, { ...body, ...waits });
            if (!waits) notices.show(t('zones.done'), 4_000);
            await this.#open(code);
          },
          () => void this.#open(code),
        ),
      compare: (number) => {
        const found = history.versions.find(({ version }) => version.version === number);
        if (!found) return;
        const { added, removed } = found.change;
        this.#layers.show([
          shown('base', found.version.outline),
          ...(added ? [shown('added', added)] : []),
          ...(removed ? [shown('removed', removed)] : []),
        ]);
      },
    };
  }

  #lay(zone: SheetZone | null): void {
    if (!zone) return;
    this.history.do('open', laidWithNeighbours(this.history.sheet, zone, this.#zones.peek()));
    this.#edit();
  }

  #edit(): void {
    this.#view.value = { kind: 'sheet' };
    // a sheet that was left open is gone on with before the list was ever seen
    void zoneApi.list().then(
      (zones) => {
        this.#zones.value = zones;
      },
      () => undefined, // names are compared with those that are known
    );
    this.editor.open();
  }

  async #save(): Promise<void> {
    const { notices, t } = this.viewer;
    const refused = await saveSheet(this.history);
    if (refused) {
      this.#merge(conflictOf(refused.zone, refused.stale));
      return;
    }
    notices.show(t('zones.saved'), 4_000);
    await this.#list();
  }

  #merge(conflict: Conflict): void {
    const { map, padding } = this.viewer;
    this.editor.close();
    this.#layers.show(conflictOnMap(conflict));
    map.fitBounds(conflictBounds(conflict), { padding: padding(), maxZoom: 17.5 });
    this.#view.value = { kind: 'conflict', conflict };
  }

  #try(action: () => Promise<void>, stale?: () => void): Promise<void> {
    return attempt(this.viewer, action, stale);
  }
}
