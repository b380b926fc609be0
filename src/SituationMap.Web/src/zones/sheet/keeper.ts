import { type DBSchema, openDB } from 'idb';
import { History, type Step } from './history';
import { emptySheet } from './sheet';

interface Stored extends DBSchema {
  steps: { key: number; value: Step };
}

/** How many steps are done: at once, so that not even a reload in the next moment brings back what was just undone. */
const doneKey = 'situationmap.zones.done';

/** The history as this browser kept it; one of its own in a browser that keeps nothing. */
export async function storedHistory(): Promise<History> {
  try {
    const database = await openDB<Stored>('situationmap-zones', 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore('steps');
      },
    });
    const steps = await database.getAll('steps');
    const done = Number(localStorage.getItem(doneKey) ?? 0);
    // one after the other: a step is never kept before the one it follows
    let last: Promise<unknown> = Promise.resolve();
    const then = (action: () => Promise<unknown>) => {
      last = last.then(action).catch(() => undefined);
    };
    return new History(
      emptySheet,
      {
        add: (at, step) =>
          then(async () => {
            const writing = database.transaction('steps', 'readwrite');
            await writing.store.delete(IDBKeyRange.lowerBound(at));
            await writing.store.put(step, at);
            await writing.done;
          }),
        replace: (all) =>
          then(async () => {
            const writing = database.transaction('steps', 'readwrite');
            await writing.store.clear();
            for (const [at, step] of all.entries()) await writing.store.put(step, at);
            await writing.done;
          }),
        done: (count) => localStorage.setItem(doneKey, String(count)),
        clear: () => then(() => database.clear('steps')),
      },
      steps,
      Math.min(done, steps.length),
    );
  } catch {
    return new History(emptySheet);
  }
}
