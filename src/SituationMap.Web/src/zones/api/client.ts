import { type Asked, answered, patient, server } from '../../api/client';
import type { components } from '../../api/schema';
import type { Language } from '../../i18n/messages';
import type { Order } from '../../imports/client';
import { type Outline, type Position, toGeoJson } from '../geometry/outline';

type Schemas = components['schemas'];

export type ZoneState = Schemas['ZoneState'];
export type ListedZone = Schemas['ZonePeriodResponse'];

/** What a zone says: a version, a draft, or one side of a conflict. */
export type ZoneText = Pick<Schemas['VersionResponse'], 'name' | 'level' | 'reason' | 'to' | 'outline'> & {
  from: string | null;
};
export type ZoneVersion = Schemas['VersionResponse'];
export type Zone = Schemas['ZoneResponse'];
export type ZoneHistory = Schemas['ZoneHistoryResponse'];
export type Impact = Schemas['ImpactResponse'];
export type Mended = Schemas['Mended'];

/** The outlines in a file, and what there is to know of how it was read. */
export type FileRead = Schemas['OutlinesResponse'];

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
  /** Null: it ends the zone. */
  level: string | null;
  from: string | null;
  to: string | null;
  reason: string;
  outline: Outline;
}

/** What is not filled in yet is left out, and so are times gone by: those of the version that the draft began as. */
const featureOf = ({ code, name, level, from, to, reason, outline }: DraftToSend): Schemas['ZoneFeature'] => {
  const texts = Object.entries({ code, name, reason }).filter(([, text]) => text !== null && text !== '');
  const times = Object.entries({ from, to }).filter(([, time]) => time !== null && Date.parse(time) > Date.now());
  const properties = { level, ...Object.fromEntries([...texts, ...times]) } as Schemas['ZoneFeature']['properties'];
  return { type: 'Feature', geometry: toGeoJson(outline), properties };
};

/** An answer about zones; of one that somebody else has changed meanwhile a `Stale`. */
async function zoned<T>(asked: Promise<Asked<T>>): Promise<T> {
  const answer = await asked.catch(() => null); // which `answered` tells of
  const conflict = answer?.error as { current?: Zone; base?: ZoneText } | undefined;
  if (answer?.response.status === 412 && conflict?.current) throw new Stale(conflict.current, conflict.base ?? null);
  return answered<T>(asked);
}

/** What lies in a box (west, south, east, north in degrees), exactly as it is stored: surfaces of buildings or grids, lines of streets. */
async function within(
  what: 'buildings' | 'roads' | 'grids',
  box: readonly number[],
  signal?: AbortSignal,
): Promise<GeoJSON.Feature[]> {
  const asked = server.GET('/ogc/collections/{collection}/items', {
    // four to six numbers, which the generator takes for none to two
    params: { path: { collection: what }, query: { f: 'json', limit: 2000, bbox: box as never } },
    signal: signal ?? patient(),
  });
  return (await answered<GeoJSON.FeatureCollection>(asked, signal)).features;
}

/** What lies near a position; of a building all its entrances. */
async function at(what: Picked, [lon, lat]: Position): Promise<GeoJSON.Geometry[]> {
  const reach = what === 'roads' ? 0.0001 : 0.000001; // degrees; a street is met within some ten metres
  let found = await within(what === 'units' ? 'buildings' : what, [lon - reach, lat - reach, lon + reach, lat + reach]);
  if (what === 'units') {
    const entrances = found.map(({ id }) =>
      answered<GeoJSON.FeatureCollection>(server.GET('/api/buildings/{code}/entrances', of(String(id)))),
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
  return answered<FileRead>(server.POST('/api/zones/outlines', { body: form as never, signal }), signal);
}

/** What is asked of one zone; of one that changes, as it was seen. */
const of = (code: string) => ({ params: { path: { code } }, signal: patient() });
const seen = (code: string, etag: string) => ({
  params: { path: { code }, header: { 'If-Match': etag } },
  signal: patient(),
});

export const zoneApi = {
  at,
  within,
  file,
  list: async () => {
    const asked = server.GET('/api/zones', { params: { query: { state: 'all' } }, signal: patient() });
    return (await zoned<{ zones: ListedZone[] }>(asked)).zones;
  },
  one: (code: string) => zoned<Zone>(server.GET('/api/zones/{code}', of(code))),
  versions: (code: string) => zoned<ZoneHistory>(server.GET('/api/zones/{code}/versions', of(code))),
  save: (draft: DraftToSend, etag: string | null) =>
    zoned<Zone>(
      draft.code === null
        ? server.POST('/api/zones', { body: featureOf(draft), signal: patient() })
        : server.PUT('/api/zones/{code}/draft', { ...seen(draft.code, etag ?? ''), body: featureOf(draft) }),
    ),
  discard: (code: string, etag: string) => zoned<Zone>(server.DELETE('/api/zones/{code}/draft', seen(code, etag))),
  step: (code: string, step: string, etag: string, body: Record<string, unknown>) =>
    zoned<Zone>(
      server.POST(`/api/zones/{code}/${step as 'end'}`, { ...seen(code, etag), body: body as Schemas['ZoneStep'] }),
    ),
  preview: (draft: DraftToSend, signal: AbortSignal) =>
    answered<Impact>(server.POST('/api/zones/preview', { body: featureOf(draft), signal }), signal),
};

export const inWords = (words: Record<string, string>[], language: Language): string[] =>
  words.map((one) => one[language] ?? '').filter((one) => one !== '');
