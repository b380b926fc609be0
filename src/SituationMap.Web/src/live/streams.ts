import { type EventStream, openStream } from './connection';
import type { SharedEvent } from './shared';
import workerUrl from './worker?worker&url';

/**
 * Opens streams of the connection to the live feed that all pages of this browser share which act for the same account;
 * where there are no shared workers, one of the page's own.
 */
export function streamsFor(account: string): (since: number) => EventStream {
  let shared = typeof SharedWorker === 'function';
  return (since) => (shared ? new SharedStream(since, account, () => (shared = false)) : openStream(since));
}

/** Each is a way of its own to the worker, so that one whose worker the browser ended leads to a new one. */
class SharedStream implements EventStream {
  onerror: ((event: Event) => void) | null = null;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();
  readonly #port: MessagePort;
  readonly #leave = () => this.#port.postMessage(null);

  constructor(since: number, account: string, missing: () => void) {
    const worker = new SharedWorker(workerUrl, {
      type: 'module',
      name: `${new URL('.', location.href).href} ${account}`,
    });
    worker.onerror = (event) => {
      missing();
      this.onerror?.(event);
    };
    this.#port = worker.port;
    this.#port.onmessage = ({ data: { type, data } }: MessageEvent<SharedEvent>) => {
      if (type === 'error') this.onerror?.(new Event(type));
      else this.#listeners.get(type)?.(new MessageEvent(type, { data }));
    };
    this.#port.postMessage(since);
    addEventListener('pagehide', this.#leave);
  }

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    removeEventListener('pagehide', this.#leave);
    this.#leave();
    this.#port.close();
  }
}
