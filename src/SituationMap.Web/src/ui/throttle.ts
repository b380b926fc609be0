/**
 * Calls after a wait, and once more for calls that came meanwhile; never two at a time.
 * @param every ms from one call to the next at least
 */
export function throttle(wait: number, action: () => Promise<void>, every: () => number = () => wait): () => void {
  let called = -Infinity;
  let planned = false;
  let running = false;
  let again = false;
  const plan = () => {
    if (running) {
      again = true;
      return;
    }
    if (planned) return;
    planned = true;
    setTimeout(run, Math.max(wait, called + every() - performance.now()));
  };
  const run = async () => {
    planned = false;
    called = performance.now();
    running = true;
    again = false;
    try {
      await action();
    } finally {
      running = false;
      if (again) plan();
    }
  };
  return plan;
}
