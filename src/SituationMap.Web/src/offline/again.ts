const lookAgain = 60_000; // ms

/** Calls when there may be a network again, when somebody looks at the page, and every minute while one does. */
export function again(action: () => Promise<void>): void {
  const look = () => document.visibilityState === 'visible' && void action();
  addEventListener('online', look);
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
  setInterval(look, lookAgain);
}
