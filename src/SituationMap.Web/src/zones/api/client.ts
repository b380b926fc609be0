import { ApiError } from '../../api/client';
import type { CountsByStatus } from '../../api/types';
import type { Language } from '../../i18n/messages';
import type { Importable, Order, Report } from '../../imports/client';
import { type Outline, type Place, toGeoJson } from '../geometry/outline';

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
  /** The zone it was split from; and those into which it was split, in force or to come. */
  parent: string | null;
  parts: string[];
  etag: string;
  state: ZoneState;
  inForce: ZoneVersion | null;
  scheduled: ZoneVersion[];
  draft: (ZoneText & { state: 'draft' | 'submitted' | 'rejected'; authors: string[]; squareMetres: number }) | null;
  mended: Mended[];
}

export interface ZoneHistory {
  etag: string;
  versions: {
    version: ZoneVersion;
    change: {
      added: GeoJSON.MultiPolygon | null;
      removed: GeoJSON.MultiPolygon | null;
      words: Record<string, string>[];
    };
  }[];
  steps: { step: number; action: string; actor: string; at: string; reason: string; version: number | null }[];
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
  /** Those into which the zone was split that end when the draft takes over. */
  parts: { code: string; name: string }[];
  delivery: { households: number; persons: number };
  /** What was mended of the outline that was sent. */
  mended: Mended[];
  /** Gaps and strips beside zones of the same level, and the outline without them. */
  borders: {
    faults: {
      kind: 'gap' | 'sliver';
      zone: string;
      squareMetres: number;
      lon: number;
      lat: number;
      outline: GeoJSON.Polygon;
    }[];
    closed: GeoJSON.Polygon | GeoJSON.MultiPolygon;
  } | null;
}

export interface Mended {
  code: string;
  lon: number | null;
  lat: number | null;
}

/** The outlines in a file, and what there is to know of how it was read. */
export interface FileRead extends Pick<Report, 'layers' | 'layer' | 'crs' | 'findings' | 'rows'> {
  outlines: {
    row: number;
    name: string | null;
    squareMetres: number;
    outline: GeoJSON.Polygon | GeoJSON.MultiPolygon;
    mended: Mended[];
  }[];
  rejections: Report['rejections'];
  systems: Importable['systems'];
}

/** Somebody else changed the zone meanwhile: as it is now, and as it was when this page read it. */
export class Stale extends Error {
  constructor(
    readonly current: Zone,
    readonly base: ZoneText | null,
  ) {
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

async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  etag?: string | null,
  signal?: AbortSignal,
): Promise<T> {
  let response: Response;
  const isForm = body instanceof FormData; // which says itself what it is
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      signal: signal ?? AbortSignal.timeout(15_000),
      headers: {
        Accept: 'application/json',
        ...(body === undefined || isForm ? {} : { 'Content-Type': 'application/json' }),
        ...(etag ? { 'If-Match': etag } : {}),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
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

/**
 * What lies in a box (west, south, east, north in degrees), exactly as it is stored: surfaces of buildings or grids,
 * lines of streets.
 */
async function within(
  what: 'buildings' | 'roads' | 'grids',
  box: readonly number[],
  signal?: AbortSignal,
): Promise<GeoJSON.Feature[]> {
  return (
    await ask<GeoJSON.FeatureCollection>(
      'GET',
      `ogc/collections/${what}/items?f=json&limit=2000&bbox=${box.join(',')}`,
      undefined,
      null,
      signal,
    )
  ).features;
}

/** What lies near a place; of a building all its entrances. */
async function at(what: Picked, [lon, lat]: Place): Promise<GeoJSON.Geometry[]> {
  const reach = what === 'roads' ? 0.0001 : 0.000001; // degrees; a street is met within some ten metres
  let found = await within(what === 'units' ? 'buildings' : what, [lon - reach, lat - reach, lon + reach, lat + reach]);
  if (what === 'units') {
    const entrances = found.map(({ id }) =>
      ask<GeoJSON.FeatureCollection>('GET', `api/buildings/${encodeURIComponent(String(id))}/entrances`),
    );
    found = (await Promise.all(entrances)).flatMap(({ features }) => features);
  }
  return found.map(({ geometry }) => geometry);
}

export type Picked = 'buildings' | 'units' | 'roads' | 'grids';

function file(
  files: readonly File[],
  { crs, layer, swapAxes, trustCrs }: Order,
  signal: AbortSignal,
): Promise<FileRead> {
  const form = new FormData();
  if (crs !== null) form.set('crs', crs);
  if (layer !== null) form.set('layer', layer);
  form.set('swapAxes', String(swapAxes));
  form.set('trustCrs', String(trustCrs));
  for (const one of files) form.append('file', one, one.name);
  return ask<FileRead>('POST', 'api/zones/outlines', form, null, signal);
}

const of = (code: string, rest = '') => `api/zones/${encodeURIComponent(code)}${rest}`;

export const zoneApi = {
  at,
  within,
  file,
  list: async () => (await ask<{ zones: ListedZone[] }>('GET', 'api/zones?state=all')).zones,
  one: (code: string) => ask<Zone>('GET', of(code)),
  versions: (code: string) => ask<ZoneHistory>('GET', of(code, '/versions')),
  save: (draft: DraftToSend, etag: string | null) =>
    draft.code === null
      ? ask<Zone>('POST', 'api/zones', featureOf(draft))
      : ask<Zone>('PUT', of(draft.code, '/draft'), featureOf(draft), etag),
  discard: (code: string, etag: string) => ask<Zone>('DELETE', of(code, '/draft'), undefined, etag),
  step: (code: string, step: string, etag: string, body: Record<string, unknown>) =>
    ask<Zone>('POST', of(code, `/${step}`), body, etag),
  preview: (draft: DraftToSend, signal: AbortSignal) =>
    ask<Impact>('POST', 'api/zones/preview', featureOf(draft), null, signal),
};

export const inWords = (words: Record<string, string>[], language: Language): string[] =>
  words.map((one) => one[language] ?? '').filter((one) => one !== '');
