import { may } from '../access/session';
import { ApiError, api } from '../api/client';
import { h, replaceContent } from '../dom';
import type { Side } from '../frame/sides';
import type { Viewer } from '../frame/viewer';
import { type ListedZone, Stale, type Zone, zoneApi } from './client';
import { boundsOf, outlineOf, toGeoJson } from './geometry/outline';
import { PlanningLayers, type Shown } from './map/layers';
import { Editor } from './panel/editor';
import { zoneList } from './panel/list';
import { merging } from './panel/merging';
import { oneZone } from './panel/one';
import type { History } from './sheet/history';
import { keptHistory } from './sheet/keeper';
import { isChanged, laid, type SheetZone, withoutZone, withZones } from './sheet/sheet';
import './zones.css';

/** Planning risk zones, on the right side of the page: the list, one zone, or the sheet on which outlines are drawn. */
export class Planner {
  readonly #side: Side;
  readonly #title = h('h2', { tabindex: -1 });
  readonly #back: HTMLButtonElement;
  readonly #body = h('div', { class: 'body' });
  readonly #layers: PlanningLayers;
  readonly #editor: Editor;
  #zones: ListedZone[] = [];
  #stopSplitting = () => {};

  private constructor(
    private readonly viewer: Viewer,
    private readonly history: History,
  ) {
    const { t, main, sides, feed } = viewer;
    this.#back = h(
      'button',
      { type: 'button', class: 'back quiet', onclick: () => void this.#list() },
      t('zones.back'),
    );
    const element = h(
      'section',
      { id: 'zones', class: 'side', hidden: true, 'aria-label': t('zones.title') },
      h(
        'header',
        {},
        h('div', {}, this.#back, this.#title),
        h('button', {
          type: 'button',
          class: 'icon close',
          'aria-label': t('panel.close'),
          onclick: () => this.toggle(),
        }),
      ),
      this.#body,
    );
    this.#side = { element };
    main.insertBefore(element, document.getElementById('notice'));
    this.#layers = new PlanningLayers(viewer);
    this.#editor = new Editor(viewer, history, {
      show: (shown) => this.#layers.show(shown),
      save: () => void this.#try(() => this.#save()),
      leave: () => void this.#list(),
    });
    sides.changed.on(() => {
      if (sides.top !== this.#side) this.#pause();
    });
    feed.zone.on(() => {
      if (sides.top === this.#side && this.#body.querySelector('.zones-by-state')) void this.#list();
    });
  }

  static async open(viewer: Viewer): Promise<Planner> {
    return new Planner(viewer, await keptHistory());
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

  async #list(): Promise<void> {
    await this.#try(async () => {
      this.#zones = await zoneApi.list();
      this.#pause();
      this.#layers.show(
        this.#zones
          .filter(({ state }) => state === 'draft' || state === 'submitted')
          .map(({ outline }) => shown('zone', outline)),
      );
      const { t, session } = this.viewer;
      const kept = this.history.sheet.active !== null;
      this.#show(
        t('zones.title'),
        null,
        h(
          'div',
          { class: 'actions' },
          may(session, 'plan')
            ? h(
                'button',
                { type: 'button', class: 'strong', onclick: () => (kept ? this.#edit() : this.#fresh()) },
                t(kept ? 'zones.continue' : 'zones.new'),
              )
            : null,
        ),
        this.#zones.length === 0
          ? h('p', { class: 'hint' }, t('zones.none'))
          : zoneList(this.viewer, this.#zones, (zone) => void this.#open(zone.code)),
      );
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
      const outline = zone.draft?.outline ?? zone.inForce?.outline ?? history.versions.at(-1)?.version.outline;
      this.#pause();
      this.#layers.show(outline ? [shown('zone', outline)] : []);
      if (outline)
        this.viewer.map.fitBounds(boundsOf(outlineOf(outline)), { padding: this.viewer.padding(), maxZoom: 17 });
      this.#show(
        zone.draft?.name ?? zone.inForce?.name ?? history.versions.at(-1)?.version.name ?? code,
        true,
        oneZone(this.viewer, zone, history, due.zones.find((one) => one.code === code) ?? null, {
          edit: () => this.#begin(zone),
          discard: () =>
            void this.#try(async () => {
              await zoneApi.discard(code, zone.etag);
              await this.#list();
            }),
          parts: (parts) => this.#layers.show(parts.map((part) => shown('added', toGeoJson(part)))),
          splitting: (stop) => (this.#stopSplitting = stop),
          nameOf: (other) => zones.find((one) => one.code === other)?.name ?? other,
          open: (other) => void this.#open(other),
          step: (step, body) =>
            void this.#try(
              async () => {
                await zoneApi.step(code, step, zone.etag, body);
                this.viewer.notices.show(this.viewer.t('zones.done'), 4_000);
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
        }),
      );
    });
  }

  #fresh(): void {
    const { place } = this.viewer;
    const key = `new-${Date.now()}`;
    const zone: SheetZone = {
      key,
      code: null,
      name: '',
      level: place.zoneLevels[0]?.id ?? '',
      from: null,
      to: null,
      reason: '',
      outline: [],
      base: null,
      etag: null,
    };
    this.history.do('open', laid(this.history.sheet, [zone, ...this.#neighbours(null)], key));
    this.#edit();
  }

  #begin(zone: Zone): void {
    const from = zone.draft ?? zone.inForce;
    if (!from) return;
    const outline = outlineOf(from.outline);
    this.history.do(
      'open',
      laid(
        this.history.sheet,
        [
          {
            key: zone.code,
            code: zone.code,
            name: from.name,
            level: from.level ?? 'low',
            from: from.from,
            to: from.to,
            reason: zone.draft?.reason ?? '',
            outline,
            base: outline,
            etag: zone.etag,
          },
          ...this.#neighbours(zone.code),
        ],
        zone.code,
      ),
    );
    this.#edit();
  }

  /** The zones in force, so that borders they share move together; their ETag is asked for when they are saved. */
  #neighbours(but: string | null): SheetZone[] {
    return this.#zones
      .filter(({ code, state }) => state === 'inForce' && code !== but && !this.history.sheet.zones[code])
      .map((zone) => {
        const outline = outlineOf(zone.outline);
        return {
          key: zone.code,
          code: zone.code,
          name: zone.name,
          level: zone.level,
          from: zone.from,
          to: zone.to,
          reason: '',
          outline,
          base: outline,
          etag: null,
        };
      });
  }

  #edit(): void {
    this.#stopSplitting();
    this.#show(this.viewer.t('zones.sheet'), true, this.#editor.element);
    this.#editor.open();
  }

  /** Saves the zone in work and every neighbour whose border moved with it, each as a draft of its own. */
  async #save(): Promise<void> {
    const { sheet } = this.history;
    const active = sheet.active === null ? null : sheet.zones[sheet.active]!;
    if (!active) return;
    for (const zone of Object.values(sheet.zones)) {
      if (zone !== active && !isChanged(zone)) continue;
      const etag = zone.etag ?? (zone.code === null ? null : (await zoneApi.one(zone.code)).etag);
      try {
        const saved = await zoneApi.save(
          { ...zone, reason: zone.reason || active.reason, level: zone.level, name: zone.name || active.name },
          etag,
        );
        // should the next one not be taken, this one is not sent again
        this.history.saved(zone.key, { code: saved.code, base: zone.outline, etag: saved.etag });
      } catch (error) {
        if (!(error instanceof Stale)) throw error;
        this.#merge(zone, error);
        return;
      }
    }
    this.history.clear();
    this.viewer.notices.show(this.viewer.t('zones.saved'), 4_000);
    await this.#list();
  }

  #merge(zone: SheetZone, stale: Stale): void {
    this.#pause();
    this.#show(
      this.viewer.t('zones.merge'),
      true,
      merging(this.viewer, zone, stale, {
        show: (shown) => this.#layers.show(shown),
        take: (merged) => {
          this.history.do('merge', withZones(this.history.sheet, [merged]));
          this.#edit();
        },
        drop: () => {
          this.history.do('drop', withoutZone(this.history.sheet, zone.key));
          if (this.history.sheet.active === null) void this.#list();
          else this.#edit();
        },
      }),
    );
  }

  /** Nothing is drawn any more. */
  #pause(): void {
    this.#editor.close();
    this.#stopSplitting();
  }

  #show(title: string, back: boolean | null, ...content: Parameters<typeof replaceContent>[1][]): void {
    this.#title.textContent = title;
    this.#back.hidden = back !== true;
    replaceContent(this.#body, ...content);
  }

  async #try(action: () => Promise<void>, stale?: () => void): Promise<void> {
    const { notices, t } = this.viewer;
    try {
      await action();
    } catch (error) {
      if (error instanceof Stale) {
        notices.show(t('zones.stale'), 8_000);
        stale?.();
      } else if (error instanceof ApiError)
        notices.show(
          error.status === null
            ? t('panel.unreachable')
            : t.or(
                `zones.fault.${error.code}`,
                t(error.status === 403 ? 'panel.refused' : error.status < 500 ? 'zones.refused' : 'panel.trouble'),
              ),
          8_000,
        );
      else throw error;
    }
  }
}

const shown = (part: Shown['properties']['part'], geometry: GeoJSON.Geometry): Shown => ({
  type: 'Feature',
  properties: { part },
  geometry,
});
