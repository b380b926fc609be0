import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Fact } from '../api/types';

/** What is sent has an id, by which repeats are harmless. */
export interface Sendable {
  id: string;
  at: string;
}

/** A fact on this phone. It is kept after it was sent, as long as it says what was done today. */
export interface Saved<What extends Sendable = Fact> {
  /** With the id and the times that it is stored with, whenever it is sent. */
  fact: What;
  /** Who reported it; nobody else sends it. */
  account: string;
  /** When it was saved, by the phone's own clock. */
  clock: string;
  /** Which home, in words. */
  place: string;
  /** The household's number, where its code is not known. */
  home?: number;
  /** When the server had it; null: it has not yet. */
  sent: string | null;
  /** Why the server did not take it; null: it was not asked, or took it. */
  refusal: Refusal | null;
}

export interface Refusal {
  code: string;
  /** Such as `data.celsius`. */
  field: string;
  /** What belongs there, in the server's words. */
  expected: string;
}

/** The last pack with all that is needed to use it. */
export interface Kept<Pack = unknown> {
  pack: Pack;
  tag: string | null;
  /** Whose it is. */
  account: string;
  /** When the server last said that this is how it is, by its own clock. */
  contact: string;
  /** When it was asked for, by the phone's clock: what was sent before is in it. */
  asked: string;
  /** By how much the server's clock is ahead of the phone's (ms). */
  offset: number;
}

/** Encrypted with AES-GCM. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** A fact while a PIN is set; that it is still needed can be told without the PIN. */
export interface SealedFact {
  fact: { id: string };
  /** Whether the server has not taken it. */
  waits: boolean;
  sealed: Sealed;
}

/** A pack while a PIN is set; that it is too old can be told without the PIN. */
export type SealedKept = Pick<Kept, 'contact' | 'offset'> & { sealed: Sealed };

/** What a PIN opens. */
export interface Lock {
  /** Of this phone and this PIN. */
  salt: Uint8Array<ArrayBuffer>;
  iterations: number;
  /** The key of all that is kept, encrypted with one made of the PIN. */
  iv: Uint8Array<ArrayBuffer>;
  wrapped: ArrayBuffer;
  /** Wrong PINs in a row, and when the next one may be tried (ms since 1970, by the phone's clock). */
  failures: number;
  notBefore: number;
}

interface Tables extends DBSchema {
  facts: { key: string; value: Saved<Sendable> | SealedFact };
  kept: { key: string; value: Kept | SealedKept };
  lock: { key: string; value: Lock };
}

const opened = new Map<string, Promise<IDBPDatabase<Tables>>>();

/** What the phone keeps for one page without a network; no name and no phone number is ever in it. */
export function store(name: string): Promise<IDBPDatabase<Tables>> {
  const known = opened.get(name);
  if (known) return known;
  const database = openDB<Tables>(name, 2, {
    upgrade: (database, before) => {
      if (before < 1) {
        database.createObjectStore('facts', { keyPath: 'fact.id' });
        database.createObjectStore('kept');
      }
      database.createObjectStore('lock');
    },
    // a page of a later version does not wait for this one
    blocking: (_, __, event) => (event.target as IDBDatabase).close(),
  });
  opened.set(name, database);
  return database;
}
