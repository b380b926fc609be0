import { signal } from '@preact/signals';
import { ApiError, api } from '../api/client';
import type { Viewer } from '../frame/parts';
import { SidePanel } from '../frame/side';
import { Side } from '../frame/sides';
import { may } from '../session/session';
import { type ListedZone, Stale, zoneApi } from './api/client';
import { boundsOf, outlineOf, toGeoJson } from './geometry/outline';
import { PlanningLayers } from './map/layers';
import { type DecidedZone, Decision, isDecided } from './panel/decision';
import { buildingsCut, shown } from './panel/drawn';
import { Editor } from './panel/editor';
import { ZoneList } from './panel/list';
import { type Conflict, conflictBounds, conflictOf, conflictOnMap, Merging } from './panel/merging';
import { type Known, type OneActions, OneZone } from './panel/one';
import type { History } from './sheet/history';
import { storedHistory } from './sheet/keeper';
import { freshZone, laidWithNeighbours, zoneOnSheet } from './sheet/laying';
import { saveSheet } from './sheet/saving';
import { type SheetZone, withoutZone, withZones } from './sheet/sheet';
import './zones.css';

/** Seconds in which what changes a zone in force can be taken back. */
const takeBackSeconds = 10;
/** The steps that do. */
const changing: readonly string[] = ['approve', 'end', 'lower', 'rollback', 'split'];

/** What the panel shows. */
type View =
  | { kind: 'nothing' }
  | { kind: 'list' }
  | { kind: 'one'; title: string; known: Known }
  | { kind: 'sheet' }
  | { kind: 'conflict'; conflict: Conflict };

/** Planning risk zones, on the right side of the page: the list, one zone, or the sheet on which outlines are drawn. */
export class Planner {
  readonly #side = new Side();
  readonly #view = signal<View>({ kind: 'nothing' });
  readonly #zones = signal<readonly ListedZone[]>([]);
  readonly #decided = signal<DecidedZone | null>(null);
  readonly #layers: PlanningLayers;
  private readonly editor: Editor;

  private constructor(
    private readonly viewer: Viewer,
    private readonly history: History,
  ) {
    const { slots, sides, feed } = viewer;
    this.#layers = new PlanningLayers(viewer);
    this.editor = new Editor(viewer, history, {
      show: (features) => this.#layers.show(features),
      save: () => void this.#try(() => this.#save()),
      leave: () => void this.#list(),
    });
    slots.put('side', <this.Panel />);
    slots.put('notice', <this.Decided />);
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

  /** What was decided, here or by somebody else whose zone was opened. */
  private readonly Decided = () => {
    const { session, t, notices } = this.viewer;
    const zone = this.#decided.value;
    if (!zone) return null;
    const reopen = () => {
      this.#decided.value = null;
      const view = this.#view.peek();
      if (view.kind === 'one' && view.known.zone.code === zone.code) void this.#open(zone.code);
      if (view.kind === 'list') void this.#list();
    };
    return (
      <Decision
        key={zone.etag}
        zone={zone}
        session={session}
        t={t}
        takeBack={() =>
          void this.#try(async () => {
            await zoneApi.step(zone.code, 'take-back', zone.etag, {});
            notices.show(t('zones.takenBack'), 6_000);
            reopen();
          }, reopen)
        }
        settled={() => {
          notices.show(t('zones.done'), 4_000);
          reopen();
        }}
      />
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
    const { t, session, coveredArea } = this.viewer;
    const zones = this.#zones.value;
    const isBegun = this.history.sheet.active !== null;
    return (
      <>
        <div class="actions">
          {may(session, 'plan') && (
            <button
              type="button"
              class="strong"
              onClick={() => (isBegun ? this.#edit() : this.#lay(freshZone(coveredArea.zoneLevels[0]?.id ?? '')))}
            >
              {t(isBegun ? 'zones.continue' : 'zones.new')}
            </button>
          )}
        </div>
        {zones.length === 0 ? (
          <p class="hint">{t('zones.none')}</p>
        ) : (
          <ZoneList zones={zones} session={this.viewer} open={(zone) => void this.#open(zone.code)} />
        )}
      </>
    );
  };

  async #list(): Promise<void> {
    await this.#try(async () => {
      this.#zones.value = await zoneApi.list();
      this.editor.close();
      const planned = this.#zones.peek().filter(({ state }) => state === 'draft' || state === 'submitted');
      this.#layers.show(planned.map(({ outline }) => shown('zone', outline)));
      this.#view.value = { kind: 'list' };
    });
  }

  async #open(code: string): Promise<void> {
    await this.#try(async () => {
      const [zone, history, due, zones] = await Promise.all([
        zoneApi.one(code),
        zoneApi.versions(code),
        api.dueZones({}),
        zoneApi.list(),
      ]);
      if (isDecided(zone)) this.#decided.value = zone;
      const last = history.versions.at(-1)?.version;
      const outline = zone.draft?.outline ?? zone.inForce?.outline ?? last?.outline;
      this.editor.close();
      this.#layers.show(outline ? [shown('zone', outline)] : []);
      const { map, padding } = this.viewer;
      if (outline) map.fitBounds(boundsOf(outlineOf(outline)), { padding: padding(), maxZoom: 17 });
      this.#view.value = {
        kind: 'one',
        title: zone.draft?.name ?? zone.inForce?.name ?? last?.name ?? code,
        known: {
          zone,
          history,
          due: due.zones.find((one) => one.code === code) ?? null,
          nameOf: (other) => zones.find((one) => one.code === other)?.name ?? other,
        },
      };
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
      impact: (impact) =>
        this.#layers.show([
          ...(zone.inForce ? [shown('base', zone.inForce.outline)] : []),
          ...(zone.draft ? [shown('zone', zone.draft.outline)] : []),
          ...buildingsCut(impact, this.viewer.map).map(({ geometry }) => shown('cut', geometry)),
        ]),
      step: (step, body) =>
        void this.#try(
          async () => {
            const waits = changing.includes(step) && body.forApproval !== true;
            await zoneApi.step(code, step, etag, waits ? { ...body, delaySeconds: takeBackSeconds } : body);
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

  async #try(action: () => Promise<void>, stale?: () => void): Promise<void> {
    const { notices, t } = this.viewer;
    try {
      await action();
    } catch (error) {
      if (error instanceof Stale) {
        notices.show(t('zones.stale'), 8_000);
        stale?.();
      } else if (error instanceof ApiError) {
        const { status, code } = error;
        if (status === null) notices.show(t('panel.unreachable'), 8_000);
        else {
          const otherwise = status === 403 ? 'panel.refused' : status < 500 ? 'zones.refused' : 'panel.trouble';
          notices.show(t.or(`zones.fault.${code}`, t(otherwise)), 8_000);
        }
      } else throw error;
    }
  }
}
