import { may } from '../access/session';
import { ApiError } from '../api/client';
import { h, replaceContent } from '../dom';
import type { Viewer } from '../frame/viewer';
import {
  type Collection,
  collections,
  type Importable,
  importable,
  type Order,
  preview,
  type Report,
  type Run,
  run,
} from './client';
import { counts, faults, findings, reading } from './parts';
import { Preview } from './preview';
import { guess } from './words';

const fresh = { crs: null, layer: null, swapAxes: false, trustCrs: false, skipRejected: false };

/** A file on its way into the store: chosen, said what it holds, checked and shown on the map, and only then imported. */
export class Importing {
  readonly element = h('div', { class: 'form' });
  readonly #file = h('div', {});
  readonly #kind = h('div', {});
  readonly #result = h('div', { class: 'result' });
  readonly #state = h('p', { class: 'second', role: 'status', tabindex: -1 });
  readonly #bar = h('progress', { max: 1, 'aria-labelledby': 'import-state', hidden: true });
  readonly #preview: Preview;
  #known: Importable | null = null;
  #files: File[] = [];
  #order: Order | null = null;
  #checked: Run | null = null;
  #under: AbortController | null = null;

  constructor(private readonly viewer: Viewer) {
    this.#preview = new Preview(viewer);
    this.#state.id = 'import-state';
    this.element.append(this.#file, this.#kind, this.#state, this.#bar, this.#result);
    this.#askForFile();
    for (const name of ['dragover', 'drop'] as const) {
      this.element.addEventListener(name, (event) => {
        event.preventDefault();
        this.element.classList.toggle('over', name === 'dragover');
        if (name === 'drop') this.#take([...(event.dataTransfer?.files ?? [])]);
      });
    }
    this.element.addEventListener('dragleave', () => this.element.classList.remove('over'));
  }

  enter(): void {
    void this.#showOnMap();
  }

  leave(): void {
    this.#preview.show(null);
  }

  #askForFile(): void {
    const { t } = this.viewer;
    const input = h('input', {
      id: 'import-file',
      type: 'file',
      class: 'unseen',
      multiple: true,
      'data-key': 'file',
      accept: '.geojson,.json,.csv,.tsv,.txt,.shp,.dbf,.shx,.prj,.cpg,.gpkg,.dxf,.xlsx,.zip',
      onchange: () => this.#take([...(input.files ?? [])]),
    });
    const main = this.#files.find(({ name }) => !/\.(dbf|shx|prj|cpg)$/i.test(name)) ?? this.#files[0];
    replaceContent(
      this.#file,
      h(
        'label',
        { class: `drop${main ? ' taken' : ''}`, for: 'import-file' },
        input,
        main ? h('b', {}, main.name) : h('b', {}, t('data.file.choose')),
        h(
          'span',
          { class: 'second' },
          main
            ? t('data.file.taken', {
                size: size(
                  this.#files.reduce((sum, file) => sum + file.size, 0),
                  t.number,
                ),
              })
            : t('data.file.formats'),
        ),
      ),
    );
  }

  #take(files: File[]): void {
    if (files.length === 0) return;
    this.#under?.abort();
    this.#files = files;
    const as = files.map(({ name }) => guess(name)).find((kind) => kind !== null) ?? null;
    this.#order = as !== null && this.#offered().includes(as) ? { ...fresh, as, map: new Map() } : null;
    this.#askForFile();
    this.#askForKind();
    this.#clear();
    if (this.#order) void this.#go(true);
  }

  /** Zones come into force at once, which others approve. */
  #offered(): Collection[] {
    return collections.filter((kind) => kind !== 'zones' || may(this.viewer.session, 'approve'));
  }

  #askForKind(): void {
    const { t } = this.viewer;
    replaceContent(
      this.#kind,
      h(
        'fieldset',
        { class: 'kinds' },
        h('legend', {}, t('data.kind')),
        ...this.#offered().map((kind) => {
          const radio = h('input', {
            type: 'radio',
            name: 'import-kind',
            value: kind,
            class: 'unseen',
            'data-key': `kind-${kind}`,
            ...(this.#order?.as === kind ? { checked: true } : {}),
            onchange: () => this.#change({ ...fresh, as: kind, map: new Map() }),
          });
          return h('label', {}, radio, h('span', {}, t(`data.kind.${kind}`)));
        }),
      ),
    );
  }

  /** Reads the file anew, some other way. */
  #change(order: Order): void {
    this.#order = order;
    void this.#go(true);
  }

  #clear(): void {
    this.#checked = null;
    this.#state.textContent = '';
    this.#bar.hidden = true;
    replaceContent(this.#result);
    this.#preview.show(null);
  }

  async #go(dryRun: boolean): Promise<void> {
    const order = this.#order;
    if (!order) return;
    const { t } = this.viewer;
    this.#under?.abort();
    const under = (this.#under = new AbortController());
    this.#result.setAttribute('aria-busy', 'true');
    this.#result.toggleAttribute('inert', !dryRun);
    this.#bar.hidden = false;
    this.#bar.removeAttribute('value');
    this.#state.textContent = t('data.step.waiting');
    try {
      this.#known ??= await importable();
      const ended = await run(
        this.#files,
        order,
        dryRun,
        (step, share) => {
          if (under !== this.#under) return;
          this.#state.textContent = t.or(`data.step.${step}`, '');
          if (step === 'waiting') this.#bar.removeAttribute('value');
          else this.#bar.value = share;
        },
        under.signal,
      );
      if (under === this.#under) this.#ended(ended);
    } catch (error) {
      if (under.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.#clear();
      this.#failed(
        error.code ?? '',
        error.expected,
        error.status === null ? t('panel.unreachable') : error.status === 403 ? t('panel.refused') : t('panel.trouble'),
      );
    } finally {
      if (under === this.#under) {
        this.#bar.hidden = true;
        this.#result.removeAttribute('aria-busy');
        this.#result.toggleAttribute('inert', false);
        // what was pressed is gone; the keyboard goes on from what was said
        if (document.activeElement === document.body && !this.element.closest('[hidden]')) this.#state.focus();
      }
    }
  }

  #ended(ended: Run): void {
    const { t } = this.viewer;
    this.#checked = ended;
    if (ended.fault) {
      this.#preview.show(null);
      return this.#failed(ended.fault.code, ended.fault.expected, t('panel.trouble'));
    }
    const report = ended.report!;
    this.#state.textContent = t(
      report.outcome === 'imported' ? 'data.done' : report.outcome === 'ready' ? 'data.ready' : 'data.refused',
    );
    if (report.outcome === 'imported') this.#done(report);
    else this.#show(report);
    void this.#showOnMap().then(() => this.#zoom(report));
  }

  /** Nothing could be read; where another coordinate system or layer may help, that is asked for. */
  #failed(code: string, expected: string | null, otherwise: string): void {
    const { t } = this.viewer;
    this.#state.textContent = '';
    replaceContent(
      this.#result,
      h('p', { class: 'fault', role: 'alert' }, t.or(`data.fault.${code}`, otherwise)),
      code === 'crs-unknown' ? h('p', { class: 'second', lang: 'en' }, expected) : null,
      code === 'crs-unknown' && this.#known && this.#order
        ? reading(this.viewer, this.#known, this.#order, null, (order) => this.#change(order))
        : null,
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', 'data-key': 'again', onclick: () => void this.#go(true) }, t('panel.retry')),
      ),
    );
  }

  #show(report: Report): void {
    const { t } = this.viewer;
    const [known, order] = [this.#known!, this.#order!];
    const change = (next: Order) => this.#change(next);
    const writes = report.added + report.changed;
    const skip = h('input', {
      type: 'checkbox',
      'data-key': 'skip',
      ...(order.skipRejected ? { checked: true } : {}),
      onchange: () => change({ ...order, skipRejected: skip.checked }),
    });
    replaceContent(
      this.#result,
      ...findings(this.viewer, report, order, change),
      report.rows > 0 && !report.findings.some(({ refuses }) => refuses) ? counts(report, t) : null,
      ...faults(report, known, t),
      report.rejected > 0 ? h('label', { class: 'check' }, skip, t('data.skip')) : null,
      report.outcome === 'ready'
        ? h(
            'div',
            { class: 'buttons' },
            writes > 0
              ? h(
                  'button',
                  { type: 'button', class: 'primary', 'data-key': 'import', onclick: () => void this.#go(false) },
                  t(writes === 1 ? 'data.start.one' : 'data.start', { n: writes }),
                )
              : h('p', {}, t('data.nothing')),
          )
        : null,
      reading(this.viewer, known, order, report, change),
    );
  }

  #done(report: Report): void {
    const { t, place } = this.viewer;
    const another = h(
      'button',
      {
        type: 'button',
        onclick: () => {
          this.#files = [];
          this.#order = null;
          this.#clear();
          replaceContent(this.#kind);
          this.#askForFile();
          document.getElementById('import-file')?.focus();
        },
      },
      t('data.another'),
    );
    replaceContent(this.#kind);
    replaceContent(
      this.#result,
      counts(report, t),
      ...faults(report, this.#known!, t),
      h('p', { class: 'second' }, t(place.grid === null ? 'data.done.first' : 'data.done.follows')),
      h(
        'div',
        { class: 'buttons' },
        place.grid === null
          ? // what the page is a map of is asked for when it opens
            h(
              'button',
              {
                type: 'button',
                class: 'primary',
                onclick: () => location.replace(location.pathname + location.search),
              },
              t('data.open'),
            )
          : report.bounds
            ? h('button', { type: 'button', class: 'primary', onclick: () => this.#zoom(report) }, t('data.zoom'))
            : null,
        another,
      ),
    );
  }

  /** The map shows by itself what has been imported. */
  async #showOnMap(): Promise<void> {
    const { id, report } = this.#checked ?? {};
    const isPlaced = this.#known?.collections.find(({ name }) => name === report?.as)?.placeFields.length;
    if (id === undefined || !report?.bounds || !isPlaced || report.outcome === 'imported')
      return this.#preview.show(null);
    const shown = await preview(id).catch(() => null);
    if (this.#checked?.id === id) this.#preview.show(shown);
  }

  #zoom({ bounds }: Report): void {
    if (bounds) this.viewer.map.fitBounds(bounds, { padding: this.viewer.padding(), maxZoom: 17 });
  }
}

function size(bytes: number, number: (n: number) => string): string {
  return bytes < 1e6 ? `${number(Math.ceil(bytes / 1e3))} kB` : `${number(Math.round(bytes / 1e5) / 10)} MB`;
}
