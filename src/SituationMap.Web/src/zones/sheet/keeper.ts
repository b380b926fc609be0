import { openDB, type DBSchema } from 'idb';
import { History, type Step } from './history';
import { emptySheet } from './sheet';

interface Kept extends DBSchema {
  steps: { key: number; value: Step };
  done: { key: string; value: number };
}

/** The history as this browser kept it; one of its own in a browser that keeps nothing. */
export async function keptHistory(): Promise<History> {
  try {
    const database = await openDB<Kept>('situationmap-zones', 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore('steps');
        fresh.createObjectStore('done');
      },
    });
    const steps = await database.getAll('steps');
    const done = (await database.get('done', 'count')) ?? 0;
    // one after the other: a step is never kept before the one it follows
    let last: Promise<unknown> = Promise.resolve();
    const then = (action: () => Promise<unknown>) => {
      last = last.then(action).catch(() => undefined);
    };
    return new History(emptySheet, {
      add: (at, step) => then(async () => {
        const writing = database.transaction('steps', 'readwrite');
        await writing.store.delete(IDBKeyRange.lowerBound(at));
        await writing.store.put(step, at);
        await writing.done;
      }),
      done: (count) => then(async () => {
        if (count === 0 && steps.length === 0) await database.clear('steps');
        await database.put('done', count, 'count');
      }),
    }, steps, Math.min(done, steps.length));
  } catch {
    return new History(emptySheet);
  }
}
