import type { Lock, Sealed } from './store';

/** Of PBKDF2: at most half a second at a quarter of a desk's speed. */
const iterations = 200_000;
const patience = 2; // wrong PINs without a delay
const firstDelay = 5_000; // ms, doubled with each further one
const longestDelay = 15 * 60_000; // ms

/** After so many wrong PINs in a row the pack is wiped. */
export const mostFailures = 10;

/** What a PIN is: digits, which every phone has large keys for. */
export const isPin = (text: string): boolean => /^\d{4,8}$/.test(text);

/** There is none without an encrypted connection: browsers keep it back there. */
export const canEncrypt = (): boolean => globalThis.crypto?.subtle !== undefined;

const random = (bytes: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(bytes));
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function keyOf(pin: string, { salt, iterations }: Pick<Lock, 'salt' | 'iterations'>): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', bytesOf(pin), 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey']);
}

/** A new lock; its key cannot be read out of the browser, nor out of what is stored without the PIN. */
export async function makeLock(pin: string): Promise<{ lock: Lock; key: CryptoKey }> {
  const [salt, iv] = [random(16), random(12)];
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);
  const wrapping = await keyOf(pin, { salt, iterations });
  const wrapped = await crypto.subtle.wrapKey('raw', made, wrapping, { name: 'AES-GCM', iv });
  const lock: Lock = { salt, iterations, iv, wrapped, failures: 0, notBefore: 0 };
  return { lock, key: (await openLock(lock, pin))! };
}

/** The key, not extractable; null: it is the wrong PIN. */
export async function openLock(lock: Lock, pin: string): Promise<CryptoKey | null> {
  const { iv, wrapped } = lock;
  const unwrapping = await keyOf(pin, lock);
  try {
    return await crypto.subtle.unwrapKey('raw', wrapped, unwrapping, { name: 'AES-GCM', iv }, 'AES-GCM', false, [
      'encrypt',
      'decrypt',
    ]);
  } catch {
    return null;
  }
}

/** @param name what it is, so that nothing is taken for something else */
export async function seal(key: CryptoKey, value: unknown, name: string): Promise<Sealed> {
  const iv = random(12);
  const how = { name: 'AES-GCM', iv, additionalData: bytesOf(name) };
  return { iv, data: await crypto.subtle.encrypt(how, key, bytesOf(JSON.stringify(value))) };
}

export async function unseal<T>(key: CryptoKey, { iv, data }: Sealed, name: string): Promise<T> {
  const how = { name: 'AES-GCM', iv, additionalData: bytesOf(name) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, data))) as T;
}

const delayAfter = (failures: number): number =>
  failures <= patience ? 0 : Math.min(firstDelay * 2 ** (failures - patience - 1), longestDelay);

/** A lock of which another PIN is about to be tried. */
export const tried = (lock: Lock, now: number): Lock => ({
  ...lock,
  failures: lock.failures + 1,
  notBefore: now + delayAfter(lock.failures + 1),
});

/** How long until the next PIN may be tried (ms); a clock that was set back makes it no longer than it ever is. */
export const delayOf = ({ notBefore, failures }: Lock, now: number): number =>
  Math.max(0, Math.min(notBefore - now, delayAfter(failures)));
