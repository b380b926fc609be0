import { describe, expect, it } from 'vitest';
import { delayOf, isPin, makeLock, mostFailures, openLock, seal, tried, unseal } from '../src/offline/lock';

describe('a lock', () => {
  it('is opened by its PIN alone, and its key is never given out', async () => {
    const { lock, key } = await makeLock('2580');
    const sealed = await seal(key, { home: 'H-1' }, 'pack');
    const opened = await openLock(lock, '2580');
    expect(await unseal(opened!, sealed, 'pack')).toEqual({ home: 'H-1' });
    expect(await openLock(lock, '2581')).toBeNull();
    for (const one of [key, opened!]) expect(one.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('raw', opened!)).rejects.toThrow();
  });

  it('takes nothing for something else, nor what was changed', async () => {
    const { key } = await makeLock('2580');
    const sealed = await seal(key, 'one', 'fact-1');
    await expect(unseal(key, sealed, 'fact-2')).rejects.toThrow();
    new Uint8Array(sealed.data)[0]! ^= 1;
    await expect(unseal(key, sealed, 'fact-1')).rejects.toThrow();
  });

  it('is another one on each phone, whatever the PIN', async () => {
    const [one, other] = [await makeLock('2580'), await makeLock('2580')];
    expect(one.lock.salt).not.toEqual(other.lock.salt);
    expect(await unseal(one.key, await seal(one.key, 1, 'a'), 'a')).toBe(1);
    await expect(unseal(other.key, await seal(one.key, 1, 'a'), 'a')).rejects.toThrow();
  });

  it('has one wait longer after each wrong PIN but the first two, and no longer because the clock was set back', async () => {
    let { lock } = await makeLock('2580');
    const waits = Array.from({ length: mostFailures + 5 }, () => {
      lock = tried(lock, 1_000_000);
      return delayOf(lock, 1_000_000) / 1000;
    });
    expect(waits).toEqual([0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900, 900]);
    expect(delayOf(lock, 1_000_000 + 899_000)).toBe(1_000);
    expect(delayOf(lock, 1_000_000 + 900_000)).toBe(0);
    expect(delayOf(lock, 0)).toBe(900_000);
  });

  it('takes 4 to 8 digits', () => {
    expect(['1234', '12345678'].every(isPin)).toBe(true);
    expect(['123', '123456789', '12a4', ' 1234', '', '１２３４'].some(isPin)).toBe(false);
  });
});
