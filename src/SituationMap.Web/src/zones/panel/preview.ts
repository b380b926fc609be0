import { signal } from '@preact/signals';
import { ApiError } from '../../api/client';
import { type Impact, zoneApi } from '../api/client';
import type { SheetZone } from '../sheet/sheet';

const pause = 150; // ms without an edit, before the server is asked whom it hits

/** Whom the zone in work hits, asked for once it rests; an answer to an older outline is never shown. */
export class ImpactPreview {
  /** The last answer; null while the zone has no outline. */
  readonly shown = signal<Impact | ApiError | null>(null);
  /** The answer to the zone as it is now, once it is there. */
  readonly current = signal<Impact | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;

  ask(zone: SheetZone): void {
    this.stop();
    if (zone.outline.length === 0) {
      this.shown.value = null;
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    this.#timer = setTimeout(() => {
      zoneApi.preview(zone, asking.signal).then(
        (impact) => {
          if (asking.signal.aborted) return;
          this.shown.value = impact;
          this.current.value = impact;
        },
        (error) => {
          if (!asking.signal.aborted && error instanceof ApiError) this.shown.value = error;
        },
      );
    }, pause);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.current.value = null;
  }
}
