/** Calls after a wait, at most once per wait, and once more for calls that came meanwhile; never two at a time. */
export function throttle(wait: number, action: () => Promise<void>): () => void {
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
    setTimeout(run, wait);
  };
  const run = async () => {
    planned = false;
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
