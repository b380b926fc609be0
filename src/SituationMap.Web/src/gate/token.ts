import type { PassKind } from './rules';

/** What a pass says: no name. Days are counted from 1 January 2020. */
export interface Pass {
  serial: number;
  /** The household's number. */
  household: number;
  kind: PassKind;
  from: number;
  to: number;
}

/** Why a pass does not count. */
export type PassFault = 'forged' | 'foreign' | 'expired';

/** What this place signs with. */
export interface Place {
  number: number;
  /** Public keys of Ed25519 by their numbers. */
  keys: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
}

const prefix = 'SMP1:';
const longest = 150;
const signatureBytes = 64;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const kinds: readonly PassKind[] = ['resident', 'worker', 'carer'];

/** Whether a text is meant to be a pass. */
export const isToken = (text: string): boolean => text.startsWith(prefix);

/**
 * Reads a pass as PassToken.Read of the server does, to which a test holds it; what was ended is known elsewhere.
 * @param today the local day
 */
export async function readPass(token: string, place: Place, today: number): Promise<Pass | PassFault> {
  const bytes = token.length <= longest && isToken(token) ? fromBase45(token.slice(prefix.length)) : null;
  if (bytes === null || bytes.length <= signatureBytes) return 'forged';
  const said = bytes.slice(0, -signatureBytes);
  const values = readMap(said);
  if (values === null) return 'forged';
  const [serial, household, kind, from, to, number, where] = values as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (kind >= kinds.length || from > 0xffff || to > 0xffff || number > 0xff) return 'forged';
  if (where !== place.number) return 'foreign';
  const key = place.keys.get(number);
  if (key === undefined || !(await isSigned(said, bytes.slice(-signatureBytes), key))) return 'forged';
  return today < from || today > to ? 'expired' : { serial, household, kind: kinds[kind]!, from, to };
}

/** Base45 (RFC 9285); the package of that name needs Node's Buffer, and takes what is none. Null: it is none. */
function fromBase45(text: string): Uint8Array<ArrayBuffer> | null {
  const digits = [...text].map((letter) => alphabet.indexOf(letter));
  if (digits.includes(-1) || digits.length % 3 === 1) return null;
  const bytes: number[] = [];
  for (let i = 0; i < digits.length; i += 3) {
    const [low, middle, high] = [digits[i]!, digits[i + 1]!, digits[i + 2]];
    const value = low + middle * 45 + (high ?? 0) * 45 * 45;
    if (value > (high === undefined ? 0xff : 0xffff)) return null;
    if (high !== undefined) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}

const fields = 7;

/** A map of CBOR with the keys 1 to 7 and whole numbers, each in its shortest form; null: it is anything else. */
function readMap(bytes: Uint8Array<ArrayBuffer>): number[] | null {
  const view = new DataView(bytes.buffer);
  let at = 0;
  const number = (): number => {
    const first = view.getUint8(at++);
    if (first < 24) return first;
    const size = [1, 2, 4][first - 24];
    if (size === undefined) return Number.NaN;
    const value = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
    at += size;
    return value < [24, 0x100, 0x10000][first - 24]! ? Number.NaN : value;
  };
  try {
    if (view.getUint8(at++) !== 0xa0 + fields) return null;
    const values: number[] = [];
    for (let key = 1; key <= fields; key++) {
      if (number() !== key) return null;
      values.push(number());
    }
    return at === bytes.length && !values.some(Number.isNaN) ? values : null;
  } catch {
    return null; // it is too short
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

async function isSigned(said: Bytes, signature: Bytes, key: Bytes): Promise<boolean> {
  try {
    const known = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', known, signature, said);
  } catch {
    // without an encrypted connection, or in a browser that does not know it
    const [{ hashes, verify }, { sha512 }] = await Promise.all([
      import('@noble/ed25519'),
      import('@noble/hashes/sha2.js'),
    ]);
    hashes.sha512 = sha512;
    return verify(signature, said, key);
  }
}
