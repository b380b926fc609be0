import { Emitter } from '../ui/emitter';

/** What is selected, as the address of the page keeps it: `#map=…&building=B-0001&household=H-01-0001`. */
export interface Selection {
  building: string;
  household: string | null;
}

export function selectionIn(hash: string): Selection | null {
  const building = valueIn(hash, 'building');
  return building === null ? null : { building, household: valueIn(hash, 'household') };
}

/** The address with that selection; what else stands in it (the view, which the map writes) stays as it is. */
export const withSelection = (hash: string, selection: Selection | null): string =>
  withValues(hash, { building: selection?.building ?? null, household: selection?.household ?? null });

/** One value of the part behind `#`; null where it is absent or empty. */
export function valueIn(hash: string, name: string): string | null {
  const part = parts(hash).find((one) => one.startsWith(`${name}=`));
  return part === undefined || part.length === name.length + 1 ? null : decode(part.slice(name.length + 1));
}

/** The part behind `#` with these values; null takes one out, and all others stay as they are. */
export function withValues(hash: string, values: Record<string, string | null>): string {
  const rest = parts(hash).filter((part) => !(part.slice(0, part.indexOf('=')) in values));
  for (const [name, value] of Object.entries(values)) if (value !== null) rest.push(`${name}=${encoded(value)}`);
  return `#${rest.join('&')}`;
}

/**
 * Every state of the page as a link: each feature keeps its part of what stands behind `#`. What somebody does is a step
 * that the browser's Back takes back.
 */
export class Address {
  readonly #changed = new Emitter();
  /** Whether a step was made in what runs now, so that all that it sets is one. */
  #hasStepped = false;
  #isFollowing = false;
  /** What the page has followed. The address is another one from when somebody goes back until the page hears of it. */
  #followed = own();

  constructor() {
    addEventListener('hashchange', () => {
      this.#followed = own();
      this.#isFollowing = true;
      try {
        this.#changed.emit();
      } finally {
        this.#isFollowing = false;
      }
    });
  }

  get(name: string): string | null {
    return valueIn(location.hash, name);
  }

  /** As a step of its own. */
  set(values: Record<string, string | null>): void {
    const hash = withValues(location.hash, values);
    if (hash === location.hash) return;
    if (this.#hasStepped || this.#isFollowing) history.replaceState(history.state, '', hash);
    else {
      this.#hasStepped = true;
      setTimeout(() => {
        this.#hasStepped = false;
      });
      history.pushState(history.state, '', hash);
    }
    this.#followed = own();
  }

  /** What moves all the time, or follows from the step before, is none; and nothing is where somebody has just gone elsewhere. */
  amend(values: Record<string, string | null>): void {
    const hash = withValues(location.hash, values);
    if (hash === location.hash || own() !== this.#followed) return;
    history.replaceState(history.state, '', hash);
    this.#followed = own();
  }

  /** Called when somebody else changes it: a link within the page, the back button, a hand. */
  onChange(listener: () => void): void {
    this.#changed.on(listener);
  }
}

/** The address without the view, which the map writes by itself. */
const own = (): string => withValues(location.hash, { map: null });

/** What a link may have as it is stays readable. */
const encoded = (value: string): string =>
  encodeURIComponent(value).replace(/%(?:2C|3A|3B)/g, (sign) => decodeURIComponent(sign));

const parts = (hash: string): string[] =>
  hash
    .replace(/^#/, '')
    .split('&')
    .filter((part) => part !== '');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
