import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Address } from '../src/frame/address';

/** The addresses of a page, as far as its steps go. */
class Steps {
  readonly all = ['#map=16/40/124'];
  #at = 0;
  readonly #listeners: (() => void)[] = [];

  get hash(): string {
    return this.all[this.#at]!;
  }

  replaceState = (_state: unknown, _title: string, hash: string): void => {
    this.all[this.#at] = hash;
  };

  pushState = (_state: unknown, _title: string, hash: string): void => {
    this.all.splice(++this.#at, Number.POSITIVE_INFINITY, hash);
  };

  listen = (_event: string, listener: () => void): void => {
    this.#listeners.push(listener);
  };

  /** The address changes at once, and the page hears of it later. */
  back(): () => void {
    this.#at -= 1;
    return () => {
      for (const listener of this.#listeners) listener();
    };
  }
}

describe('the address', () => {
  let steps: Steps;

  beforeEach(() => {
    steps = new Steps();
    vi.stubGlobal('location', steps);
    vi.stubGlobal('history', steps);
    vi.stubGlobal('addEventListener', steps.listen);
  });

  it('has a step for what is set, and none for what is amended', () => {
    const address = new Address();
    address.set({ at: '1' });
    address.amend({ at: '2' });
    expect(steps.all).toEqual(['#map=16/40/124', '#map=16/40/124&at=2']);
  });

  it('is amended where the map has moved', () => {
    const address = new Address();
    steps.replaceState(null, '', '#map=17/40/124');
    address.amend({ at: '2' });
    expect(steps.hash).toBe('#map=17/40/124&at=2');
  });

  it('is not amended between a step back and when the page hears of it', () => {
    const address = new Address();
    address.set({ at: '1' });
    const heard = steps.back();
    address.amend({ at: '2' });
    expect(steps.hash).toBe('#map=16/40/124');
    heard();
    address.amend({ layers: 'a' });
    expect(steps.hash).toBe('#map=16/40/124&layers=a');
  });
});
