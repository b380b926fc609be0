import { batch, signal } from '@preact/signals';
import { createRef } from 'preact';
import { ApiError } from '../api/client';
import type { Viewer } from '../frame/parts';
import { may } from '../session/session';
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
import { FilePicker, Templates } from './file';
import { Preview } from './preview';
import { type Result, ResultView } from './result';
import { guess } from './words';

const fresh = { crs: null, layer: null, swapAxes: false, trustCrs: false, skipRejected: false };

/**
 * A file on its way into the store: chosen, said what it holds, checked and shown on the map, and only then imported.
 */
export class Importing {
  readonly #files = signal<readonly File[]>([]);
  readonly #order = signal<Order | null>(null);
  readonly #result = signal<Result | null>(null);
  readonly #state = signal('');
  /** How much is done; null: not known; undefined: nothing is under way. */
  readonly #share = signal<number | null | undefined>(undefined);
  /** What is written now is not changed under way. */
  readonly #isWriting = signal(false);
  readonly #over = signal(false);
  readonly #input = createRef<HTMLInputElement>();
  readonly #statement = createRef<HTMLParagraphElement>();
  readonly #preview: Preview;
  #known: Importable | null = null;
  #checked: Run | null = null;
  #under: AbortController | null = null;

  constructor(private readonly viewer: Viewer) {
    this.#preview = new Preview(viewer);
  }

  enter(): void {
    void this.#showOnMap();
  }

  leave(): void {
    this.#preview.show(null);
  }

  readonly Form = () => {
    const { t } = this.viewer;
    const share = this.#share.value;
    const result = this.#result.value;
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: files are let go here by mouse; by keyboard they are chosen
      <div
        class={this.#over.value ? 'form over' : 'form'}
        onDragOver={(event) => {
          event.preventDefault();
          this.#over.value = true;
        }}
        onDragLeave={() => {
          this.#over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          this.#over.value = false;
          this.#take([...(event.dataTransfer?.files ?? [])]);
        }}
      >
        <div>
          <FilePicker input={this.#input} files={this.#files.value} t={t} take={(files) => this.#take(files)} />
        </div>
        <div>{this.#kinds()}</div>
        {this.#files.value.length === 0 && <Templates t={t} />}
        <p id="import-state" class="second" role="status" tabIndex={-1} ref={this.#statement}>
          {this.#state}
        </p>
        <progress
          // a bar whose value is not known is another one than one that has had a value
          key={typeof share}
          max={1}
          aria-labelledby="import-state"
          hidden={share === undefined}
          value={share ?? undefined}
        />
        <div class="result" aria-busy={share !== undefined || undefined} inert={this.#isWriting.value}>
          {result && (
            <ResultView
              result={result}
              known={this.#known}
              order={this.#order.value}
              viewer={this.viewer}
              actions={{
                change: (order) => this.#change(order),
                retry: () => void this.#go(true),
                start: () => void this.#go(false),
                zoom: (report) => this.#zoom(report),
                another: () => this.#another(),
              }}
            />
          )}
        </div>
      </div>
    );
  };

  /** What the file may hold. Zones come into force at once, which others approve. */
  get #offered(): Collection[] {
    return collections.filter((kind) => kind !== 'zones' || may(this.viewer.session, 'approve'));
  }

  #kinds() {
    const { t } = this.viewer;
    const result = this.#result.value;
    if (this.#files.value.length === 0 || (result && 'done' in result)) return null;
    return (
      <fieldset class="kinds">
        <legend>{t('data.kind')}</legend>
        {this.#offered.map((kind) => (
          <label key={kind}>
            <input
              type="radio"
              name="import-kind"
              value={kind}
              class="unseen"
              checked={this.#order.value?.as === kind}
              onChange={() => this.#change({ ...fresh, as: kind, map: new Map() })}
            />
            <span>{t(`data.kind.${kind}`)}</span>
          </label>
        ))}
      </fieldset>
    );
  }

  #take(files: File[]): void {
    if (files.length === 0) return;
    this.#under?.abort();
    const as = files.map(({ name }) => guess(name)).find((kind) => kind !== null) ?? null;
    batch(() => {
      this.#files.value = files;
      this.#order.value = as !== null && this.#offered.includes(as) ? { ...fresh, as, map: new Map() } : null;
      this.#clear();
    });
    if (this.#order.peek()) void this.#go(true);
  }

  /** Reads the file anew, some other way. */
  #change(order: Order): void {
    this.#order.value = order;
    void this.#go(true);
  }

  #another(): void {
    batch(() => {
      this.#files.value = [];
      this.#order.value = null;
      this.#clear();
    });
    this.#input.current?.focus();
  }

  #clear(): void {
    this.#checked = null;
    this.#state.value = '';
    this.#share.value = undefined;
    this.#result.value = null;
    this.#preview.show(null);
  }

  async #go(dryRun: boolean): Promise<void> {
    const order = this.#order.peek();
    if (!order) return;
    const { t } = this.viewer;
    this.#under?.abort();
    const under = new AbortController();
    this.#under = under;
    this.#share.value = null;
    this.#isWriting.value = !dryRun;
    this.#state.value = t('data.step.waiting');
    const progress = (step: string, share: number) => {
      if (under !== this.#under) return;
      this.#state.value = t.or(`data.step.${step}`, '');
      this.#share.value = step === 'waiting' ? null : share;
    };
    try {
      this.#known ??= await importable();
      const ended = await run([...this.#files.peek()], order, dryRun, progress, under.signal);
      if (under === this.#under) this.#ended(ended);
    } catch (error) {
      if (under.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.#clear();
      const otherwise =
        error.status === null ? 'panel.unreachable' : error.status === 403 ? 'panel.refused' : 'panel.trouble';
      this.#failed(error.code ?? '', error.expected, t(otherwise));
    } finally {
      if (under === this.#under) {
        this.#share.value = undefined;
        this.#isWriting.value = false;
        // what was pressed is gone; the keyboard goes on from what was said
        const statement = this.#statement.current;
        if (document.activeElement === document.body && statement && !statement.closest('[hidden]')) statement.focus();
      }
    }
  }

  #ended(ended: Run): void {
    const { t } = this.viewer;
    this.#checked = ended;
    if (ended.fault) {
      this.#preview.show(null);
      this.#failed(ended.fault.code, ended.fault.expected, t('panel.trouble'));
      return;
    }
    const report = ended.report!;
    const { outcome } = report;
    this.#state.value = t(outcome === 'imported' ? 'data.done' : outcome === 'ready' ? 'data.ready' : 'data.refused');
    this.#result.value = outcome === 'imported' ? { done: report } : { report };
    void this.#showOnMap().then(() => this.#zoom(report));
  }

  #failed(code: string, expected: string | null, otherwise: string): void {
    this.#state.value = '';
    this.#result.value = { code, expected, words: this.viewer.t.or(`data.fault.${code}`, otherwise) };
  }

  /** The map shows by itself what has been imported. */
  async #showOnMap(): Promise<void> {
    const { id, report } = this.#checked ?? {};
    const isPlaced = this.#known?.collections.find(({ name }) => name === report?.as)?.placeFields.length;
    if (id === undefined || !report?.bounds || !isPlaced || report.outcome === 'imported') {
      this.#preview.show(null);
      return;
    }
    const shown = await preview(id).catch(() => null);
    if (this.#checked?.id === id) this.#preview.show(shown);
  }

  #zoom({ bounds }: Report): void {
    if (bounds) this.viewer.map.fitBounds(bounds, { padding: this.viewer.padding(), maxZoom: 17 });
  }
}
