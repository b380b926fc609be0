import { signal } from '@preact/signals';
import { createRef } from 'preact';
import { ApiError } from '../../api/client';
import type { MapParts, SessionParts } from '../../frame/parts';
import type { Order } from '../../imports/client';
import { Findings } from '../../imports/parts';
import { Reading } from '../../imports/reading';
import { why } from '../../imports/words';
import { type FileRead, zoneApi } from '../api/client';
import { boundsOf, type Outline, outlineOf } from '../geometry/outline';
import { readOutline } from '../geometry/reading';
import { union } from '../geometry/shapes';

export interface FileEvents {
  /** What is chosen of the file, to be shown on the map. */
  shown: (outline: Outline) => void;
  /** @param isMore added to what is drawn already, instead of in its place */
  taken: (outline: Outline, isMore: boolean) => void;
}

interface Found {
  name: string;
  outline: Outline;
  squareMetres: number | null;
  isChosen: boolean;
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

/**
 * An outline from a file of any format and coordinate system that the server reads: looked at on the map, and then
 * taken.
 */
export class FromFile {
  readonly #state = signal('');
  readonly #found = signal<readonly Found[]>([]);
  readonly #read = signal<{ read: FileRead; order: Order } | null>(null);
  readonly #result = createRef<HTMLDivElement>();
  #files: File[] = [];
  #asking: AbortController | null = null;

  constructor(
    private readonly viewer: MapParts & SessionParts,
    private readonly events: FileEvents,
  ) {}

  /** Nothing of the file is shown any more. */
  stop(): void {
    this.#asking?.abort();
    this.#state.value = '';
    this.#found.value = [];
    this.#read.value = null;
    this.events.shown([]);
  }

  readonly View = () => {
    const { t } = this.viewer;
    const found = this.#found.value;
    const known = this.#read.value;
    return (
      <details onToggle={(event) => !event.currentTarget.open && this.stop()}>
        <summary>{t('zones.file')}</summary>
        <label for="zone-file">{t('zones.file.choose')}</label>
        <input
          id="zone-file"
          type="file"
          multiple
          accept={accepted}
          onChange={(event) => {
            this.#files = [...(event.currentTarget.files ?? [])];
            void this.#open(fresh);
          }}
        />
        <p class="hint">{t('zones.file.hint')}</p>
        <p class="second" role="status">
          {this.#state}
        </p>
        <div class="file-result" ref={this.#result}>
          {found.length > 0 && this.#offer(found)}
          {known && this.#howRead(known.read, known.order)}
        </div>
      </details>
    );
  };

  /** What was found, each to be left out. */
  #offer(found: readonly Found[]) {
    const { t } = this.viewer;
    const label = ({ name, squareMetres }: Found) =>
      squareMetres === null ? name : `${name} · ${t('zones.area', { n: Math.round(squareMetres) })}`;
    const take = (isMore: boolean) => () => {
      const outline = chosen(found);
      if (outline.length === 0) return;
      this.stop();
      this.events.taken(outline, isMore);
    };
    return (
      <>
        {found.length === 1 ? (
          <p>{label(found[0]!)}</p>
        ) : (
          <ul class="outlines">
            {found.map((one, index) => (
              <li key={index}>
                <label class="check">
                  <input
                    type="checkbox"
                    checked={one.isChosen}
                    aria-label={one.name}
                    onChange={(event) => this.#choose(one, event.currentTarget.checked)}
                  />
                  <span>{label(one)}</span>
                </label>
              </li>
            ))}
          </ul>
        )}
        <div class="actions">
          <button type="button" class="strong" onClick={take(false)}>
            {t('zones.file.take')}
          </button>
          <button type="button" onClick={take(true)}>
            {t('zones.file.add')}
          </button>
        </div>
      </>
    );
  }

  #howRead(read: FileRead, order: Order) {
    const { t } = this.viewer;
    const change = (next: Order) => void this.#open(next);
    return (
      <>
        <Findings findings={read.findings} order={order} t={t} change={change} />
        {read.rejections.length === 0 ? null : (
          <ul>
            {read.rejections.slice(0, shownRows).map((one) => (
              <li key={`${one.row} ${one.field}`}>{`${t('data.row', { n: one.row })}: ${why(one, [], t)}`}</li>
            ))}
          </ul>
        )}
        <Reading
          known={{
            collections: [{ name: 'zones', fields: [], placeFields: ['wkt'] }],
            systems: read.systems,
          }}
          order={order}
          read={{ ...read, columns: [], mapping: [], unused: [] }}
          session={this.viewer}
          change={change}
        />
      </>
    );
  }

  #choose(one: Found, isChosen: boolean): void {
    this.#found.value = this.#found.peek().map((other) => (other === one ? { ...one, isChosen } : other));
    this.events.shown(chosen(this.#found.peek()));
  }

  async #open(order: Order): Promise<void> {
    const { t } = this.viewer;
    this.stop();
    const first = this.#files[0];
    if (!first) return;
    const asking = new AbortController();
    this.#asking = asking;
    this.#state.value = t('data.step.reading');
    try {
      // a text of the browser's own kinds, unless it is a table
      const outline = /\.(wkt|txt)$/i.test(first.name) ? readOutline(await first.text()) : null;
      if (outline !== null) {
        this.#state.value = '';
        this.#show([{ name: first.name, outline, squareMetres: null, isChosen: true }]);
      } else if (/\.wkt$/i.test(first.name)) throw new ApiError(400, 'geometry-unreadable');
      else {
        const read = await zoneApi.file(this.#files, order, asking.signal);
        if (!asking.signal.aborted) this.#answered(read, order);
      }
      this.#result.current?.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      if (asking.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.#state.value = this.#refusal(error);
    }
  }

  #answered(read: FileRead, order: Order): void {
    const { t } = this.viewer;
    const refuses = read.findings.some((finding) => finding.refuses);
    this.#state.value = refuses ? '' : t('zones.file.found', { n: read.outlines.length, rows: read.rows });
    this.#read.value = { read, order };
    if (read.outlines.length === 0) return;
    this.#show(
      read.outlines.map(({ name, row, outline, squareMetres, mended }) => ({
        name: `${name ?? t('data.row', { n: row })}${mended.length > 0 ? ` · ${t('zones.file.mended')}` : ''}`,
        outline: outlineOf(outline),
        squareMetres,
        isChosen: true,
      })),
    );
  }

  #show(found: Found[]): void {
    this.#found.value = found;
    const all = chosen(found);
    this.events.shown(all);
    this.viewer.map.fitBounds(boundsOf(all), { padding: this.viewer.padding(), maxZoom: 17.5 });
  }

  #refusal({ status, code }: ApiError): string {
    const { t } = this.viewer;
    if (status === null) return t('panel.unreachable');
    const otherwise =
      code === 'geometry-unreadable' ? 'zones.import.unreadable' : status === 403 ? 'panel.refused' : 'panel.trouble';
    return t.or(`data.fault.${code}`, t(otherwise));
  }
}

const chosen = (found: readonly Found[]): Outline =>
  union(found.filter(({ isChosen }) => isChosen).map(({ outline }) => outline));
