import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttle } from '../src/ui/throttle';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

it('calls soon after the first, then no oftener than it may, and once more for what came meanwhile', async () => {
  const calls: number[] = [];
  const began = performance.now();
  const call = throttle(
    250,
    async () => void calls.push(performance.now() - began),
    () => 1_000,
  );
  for (let at = 0; at < 2_000; at += 100) {
    call();
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(5_000);
  expect(calls).toEqual([250, 1_250, 2_250]);
});
