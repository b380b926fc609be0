import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Fact, WorkPack } from '../api/types';

/** A fact on this phone. It is kept after it was sent, as long as it says what was done today. */
export interface Saved {
  /** With the id and the time that it is stored with, whenever it is sent. */
  fact: Fact;
  /** Who reported it; nobody else sends it. */
  account: string;
  /** What the phone's own clock said, and by how much the server's was ahead of it (ms). */
  clock: string;
  offset: number;
  /** Which home, in words. */
  place: string;
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
export interface Kept {
  pack: WorkPack;
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

interface Tables extends DBSchema {
  facts: { key: string; value: Saved };
  kept: { key: string; value: Kept };
}

let opened: Promise<IDBPDatabase<Tables>> | undefined;

/** What the phone keeps without a network; no name and no phone number is ever in it. */
export function store(): Promise<IDBPDatabase<Tables>> {
  opened ??= openDB<Tables>('situationmap-rounds', 1, {
    upgrade: (database) => {
      database.createObjectStore('facts', { keyPath: 'fact.id' });
      database.createObjectStore('kept');
    },
  });
  return opened;
}
