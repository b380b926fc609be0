import { ApiError } from '../api/client';
import type { CountsByStatus } from '../api/types';
import type { Language } from '../i18n/messages';
import { toGeoJson, type Outline, type Place } from './geometry/outline';

export type ZoneState = 'inForce' | 'scheduled' | 'ended' | 'draft' | 'submitted' | 'rejected';

export interface ListedZone {
  code: string;
  name: string;
  level: string;
  version: number;
  from: string | null;
  to: string | null;
  state: ZoneState;
  outline: GeoJSON.MultiPolygon;
}

/** What a zone says: a version, a draft, or one side of a conflict. */
export interface ZoneText {
  name: string;
  level: string | null;
  from: string | null;
  to: string | null;
  reason: string;
  outline: GeoJSON.Polygon | GeoJSON.MultiPolygon;
}

export interface ZoneVersion extends ZoneText {
  version: number;
  author: string;
  approver: string | null;
  at: string;
  squareMetres: number;
}

export interface Zone {
  code: string;
  etag: string;
  state: ZoneState;
  inForce: ZoneVersion | null;
  scheduled: ZoneVersion[];
  draft: (ZoneText & { state: 'draft' | 'submitted' | 'rejected'; authors: string[]; squareMetres: number }) | null;
  mended: Mended[];
}

export interface ZoneHistory {
  etag: string;
  versions: { version: ZoneVersion; change: { added: GeoJSON.MultiPolygon | null; removed: GeoJSON.MultiPolygon | null; words: Record<string, string>[] } }[];
}

export interface Impact {
  before: CountsByStatus;
  after: CountsByStatus;
  inside: { buildings: number; households: number; persons: number; over65: number; childrenAlone: number };
  buildingsCut: { code: string; address: string; isInside: boolean; households: number }[];
  grids: { code: string; name: string; households: number }[];
  crossings: { lon: number; lat: number; road: string; checkpoint: { name: string } | null }[];
  checkpointsNeeded: number;
  zones: { code: string; name: string; level: string; squareMetres: number }[];
  delivery: { households: number; persons: number };
  /** What was mended of the outline that was sent. */
  mended: Mended[];
  /** Gaps and strips beside zones of the same level, and the outline without them. */
  borders: { faults: { kind: 'gap' | 'sliver'; zone: string; squareMetres: number; lon: number; lat: number; outline: GeoJSON.Polygon }[]; closed: GeoJSON.Polygon | GeoJSON.MultiPolygon } | null;
}

export interface Mended {
  code: string;
  lon: number | null;
  lat: number | null;
}

/** Somebody else changed the zone meanwhile: as it is now, and as it was when this page read it. */
export class Stale extends Error {
  constructor(readonly current: Zone, readonly base: ZoneText | null) {
    super('stale');
  }
}

export interface DraftToSend {
  code: string | null;
  name: string;
  level: string;
  from: string | null;
  to: string | null;
  reason: string;
  outline: Outline;
}

/** What is not filled in yet is left out, and so are times gone by: those of the version that the draft began as. */
const featureOf = ({ code, name, level, from, to, reason, outline }: DraftToSend) => {
  const texts = Object.entries({ code, name, level, reason }).filter(([, text]) => text !== null && text !== '');
  const times = Object.entries({ from, to }).filter(([, time]) => time !== null && Date.parse(time) > Date.now());
  return { type: 'Feature', geometry: toGeoJson(outline), properties: Object.fromEntries([...texts, ...times]) };
};

async function ask<T>(method: string, path: string, body?: unknown, etag?: string | null, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method, cache: 'no-store', signal: signal ?? AbortSignal.timeout(15_000),
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(etag ? { 'If-Match': etag } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(null, null);
  }
  const answer = (await response.json().catch(() => null)) as { code?: string; current?: Zone; base?: ZoneText } | null;
  if (response.status === 412 && answer?.current) throw new Stale(answer.current, answer.base ?? null);
  if (!response.ok) throw new ApiError(response.status, answer?.code ?? null);
  return answer as T;
}

/** What lies at a place, exactly as it is stored: surfaces of buildings or grids, lines of streets. */
async function at(what: Picked, [lon, lat]: Place): Promise<GeoJSON.Geometry[]> {
  const reach = what === 'roads' ? 0.0001 : 0.000001; // degrees; a street is met within some ten metres
  const bbox = [lon - reach, lat - reach, lon + reach, lat + reach].join(',');
  return (await ask<GeoJSON.FeatureCollection>('GET', `/ogc/collections/${what}/items?f=json&limit=20&bbox=${bbox}`)).features.map(({ geometry }) => geometry);
}

export type Picked = 'buildings' | 'roads' | 'grids';

const of = (code: string, rest = '') => `/api/zones/${encodeURIComponent(code)}${rest}`;

export const zoneApi = {
  at,
  list: async () => (await ask<{ zones: ListedZone[] }>('GET', '/api/zones?state=all')).zones,
  one: (code: string) => ask<Zone>('GET', of(code)),
  versions: (code: string) => ask<ZoneHistory>('GET', of(code, '/versions')),
  save: (draft: DraftToSend, etag: string | null) => (draft.code === null
    ? ask<Zone>('POST', '/api/zones', featureOf(draft))
    : ask<Zone>('PUT', of(draft.code, '/draft'), featureOf(draft), etag)),
  discard: (code: string, etag: string) => ask<Zone>('DELETE', of(code, '/draft'), undefined, etag),
  step: (code: string, step: string, etag: string, body: Record<string, unknown>) => ask<Zone>('POST', of(code, `/${step}`), body, etag),
  preview: (draft: DraftToSend, signal: AbortSignal) => ask<Impact>('POST', '/api/zones/preview', featureOf(draft), null, signal),
};

export const inWords = (words: Record<string, string>[], language: Language): string[] => words.map((one) => one[language] ?? '').filter((one) => one !== '');
