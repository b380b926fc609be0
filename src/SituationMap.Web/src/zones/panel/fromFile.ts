import { ApiError } from '../../api/client';
import { h, replaceContent } from '../../dom';
import type { Viewer } from '../../frame/viewer';
import type { Order } from '../../imports/client';
import { findings, reading } from '../../imports/parts';
import { why } from '../../imports/words';
import { type FileRead, zoneApi } from '../client';
import { boundsOf, type Outline, outlineOf } from '../geometry/outline';
import { readOutline } from '../geometry/reading';
import { union } from '../geometry/shapes';

export interface FileEvents {
  /** What is chosen of the file, to be shown on the map. */
  shown: (outline: Outline) => void;
  /** @param isMore added to what is drawn already, instead of in its place */
  taken: (outline: Outline, isMore: boolean) => void;
}

const fresh: Order = {
  as: 'zones',
  crs: null,
  layer: null,
  map: new Map(),
  swapAxes: false,
  trustCrs: false,
  skipRejected: false,
};
const accepted = '.geojson,.json,.csv,.tsv,.txt,.wkt,.shp,.dbf,.shx,.prj,.cpg,.gpkg,.dxf,.xlsx,.zip';
const shownRows = 8;

/** An outline from a file of any format and coordinate system that the server reads: looked at on the map, and then taken. */
export class FromFile {
  readonly element: HTMLDetailsElement;
  readonly #state = h('p', { class: 'second', role: 'status' });
  readonly #result = h('div', { class: 'file-result' });
  #files: File[] = [];
  #asking: AbortController | null = null;

  constructor(
    private readonly viewer: Viewer,
    private readonly events: FileEvents,
  ) {
    const { t } = viewer;
    const input = h('input', { id: 'zone-file', type: 'file', multiple: true, accept: accepted });
    input.addEventListener('change', () => {
      this.#files = [...(input.files ?? [])];
      void this.#read(fresh);
    });
    this.element = h(
      'details',
      {},
      h('summary', {}, t('zones.file')),
      h('label', { for: input.id }, t('zones.file.choose')),
      input,
      h('p', { class: 'hint' }, t('zones.file.hint')),
      this.#state,
      this.#result,
    );
    this.element.addEventListener('toggle', () => {
      if (!this.element.open) this.stop();
    });
  }

  /** Nothing of the file is shown any more. */
  stop(): void {
    this.#asking?.abort();
    this.#state.textContent = '';
    replaceContent(this.#result);
    this.events.shown([]);
  }

  async #read(order: Order): Promise<void> {
    const { t } = this.viewer;
    this.stop();
    const first = this.#files[0];
    if (!first) return;
    const asking = (this.#asking = new AbortController());
    this.#state.textContent = t('data.step.reading');
    try {
      // a text of the browser's own kinds, unless it is a table
      const outline = /\.(wkt|txt)$/i.test(first.name) ? readOutline(await first.text()) : null;
      if (outline !== null) {
        this.#offer([{ name: first.name, outline, squareMetres: null }]);
        this.#state.textContent = '';
      } else if (/\.wkt$/i.test(first.name)) throw new ApiError(400, 'geometry-unreadable');
      else {
        const read = await zoneApi.file(this.#files, order, asking.signal);
        if (!asking.signal.aborted) this.#show(read, order);
      }
      this.#result.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      if (asking.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.#state.textContent =
        error.status === null
          ? t('panel.unreachable')
          : t.or(
              `data.fault.${error.code}`,
              error.code === 'geometry-unreadable'
                ? t('zones.import.unreadable')
                : t(error.status === 403 ? 'panel.refused' : 'panel.trouble'),
            );
    }
  }

  #show(read: FileRead, order: Order): void {
    const { t } = this.viewer;
    const change = (next: Order) => void this.#read(next);
    const refuses = read.findings.some((finding) => finding.refuses);
    this.#state.textContent = refuses ? '' : t('zones.file.found', { n: read.outlines.length, rows: read.rows });
    replaceContent(
      this.#result,
      ...findings(this.viewer, read, order, change),
      read.rejections.length === 0
        ? null
        : h(
            'ul',
            {},
            ...read.rejections
              .slice(0, shownRows)
              .map((one) => h('li', {}, `${t('data.row', { n: one.row })}: ${why(one, [], t)}`)),
          ),
      reading(
        this.viewer,
        { collections: [{ name: 'zones', fields: [], placeFields: ['wkt'] }], systems: read.systems },
        order,
        { ...read, columns: [], mapping: [], unused: [] },
        change,
      ),
    );
    if (read.outlines.length > 0) {
      this.#offer(
        read.outlines.map(({ name, row, outline, squareMetres, mended }) => ({
          name: `${name ?? t('data.row', { n: row })}${mended.length > 0 ? ` · ${t('zones.file.mended')}` : ''}`,
          outline: outlineOf(outline),
          squareMetres,
        })),
      );
    }
  }

  /** What was found, each to be left out, before how the file was read. */
  #offer(found: { name: string; outline: Outline; squareMetres: number | null }[]): void {
    const { t, map } = this.viewer;
    const boxes = found.map(({ name }, i) =>
      h('input', {
        type: 'checkbox',
        checked: true,
        'data-key': `outline-${i}`,
        'aria-label': name,
        onchange: () => this.events.shown(chosen()),
      }),
    );
    const chosen = () => union(found.filter((_, i) => boxes[i]!.checked).map(({ outline }) => outline));
    const take = (isMore: boolean) => () => {
      const outline = chosen();
      if (outline.length === 0) return;
      this.stop();
      this.events.taken(outline, isMore);
    };
    this.#result.prepend(
      found.length === 1
        ? h('p', {}, label(found[0]!))
        : h(
            'ul',
            { class: 'outlines' },
            ...found.map((one, i) => h('li', {}, h('label', { class: 'check' }, boxes[i]!, h('span', {}, label(one))))),
          ),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'strong', onclick: take(false) }, t('zones.file.take')),
        h('button', { type: 'button', onclick: take(true) }, t('zones.file.add')),
      ),
    );
    const all = chosen();
    this.events.shown(all);
    map.fitBounds(boundsOf(all), { padding: this.viewer.padding(), maxZoom: 17.5 });

    function label({ name, squareMetres }: { name: string; squareMetres: number | null }): string {
      return squareMetres === null ? name : `${name} · ${t('zones.area', { n: Math.round(squareMetres) })}`;
    }
  }
}
