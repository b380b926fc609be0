import { ApiError } from '../api/client';
import type { Box } from '../api/types';
import { send } from '../session/session';

export const collections = ['grids', 'buildings', 'households', 'persons', 'checkpoints', 'zones'] as const;
export type Collection = (typeof collections)[number];

export interface CollectionField {
  name: string;
  isRequired: boolean;
  kind: 'text' | 'number' | 'choice' | 'instant' | 'year' | 'personal';
  least: number;
  most: number;
  choices: string[];
}

export interface Importable {
  collections: { name: Collection; fields: CollectionField[]; placeFields: string[] }[];
  systems: { code: string; name: string; area: Box }[];
}

export interface Finding {
  code: string;
  words: string;
  refuses: boolean;
  /** The coordinate system that would be right. */
  crs: string | null;
  field: string | null;
}

export interface RejectedRow {
  row: number;
  code: string | null;
  field: string;
  fault: string;
  expected: string;
}

export interface Report {
  outcome: 'imported' | 'ready' | 'refused';
  as: Collection;
  file: string;
  layers: string[];
  layer: string | null;
  crs: string | null;
  columns: string[];
  mapping: { field: string; column: string | null; text: string | null; isGuessed: boolean }[];
  unused: string[];
  findings: Finding[];
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  rejected: number;
  rejections: RejectedRow[];
  mended: { row: number; code: string; what: string }[];
  bounds: Box | null;
}

export interface Run {
  id: string;
  /** `waiting`, `reading`, `checking`, `writing`, an outcome, or `failed`. */
  state: string;
  progress: number;
  report: Report | null;
  fault: { code: string; field: string; expected: string } | null;
}

/** How a file is to be read. */
export interface Order {
  as: Collection;
  crs: string | null;
  layer: string | null;
  /** A column, or a text of one's own, by the field. */
  map: Map<string, { column: string } | { text: string }>;
  swapAxes: boolean;
  trustCrs: boolean;
  skipRejected: boolean;
}

export type Progress = (step: string, share: number) => void;

const pause = 250; // ms between two questions how far it is

export const importable = (): Promise<Importable> => send<Importable>('GET', 'api/imports/collections');
export const preview = (id: string): Promise<GeoJSON.FeatureCollection> =>
  send<GeoJSON.FeatureCollection>('GET', `api/imports/${id}/preview`);

/** Sends the files and follows the import, or its rehearsal, to its end. */
export async function run(
  files: File[],
  order: Order,
  dryRun: boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<Run> {
  const { id } = await upload(files, order, dryRun, (share) => progress('sending', share), signal);
  for (;;) {
    const now = await send<Run>('GET', `api/imports/${id}`);
    signal.throwIfAborted();
    if (now.report !== null || now.fault !== null) return now;
    progress(now.state, now.progress);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** fetch cannot tell how much of a body has gone. */
function upload(
  files: File[],
  order: Order,
  dryRun: boolean,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Run> {
  const form = new FormData();
  form.set('as', order.as);
  if (order.crs !== null) form.set('crs', order.crs);
  if (order.layer !== null) form.set('layer', order.layer);
  for (const [field, from] of order.map)
    form.append('map', 'column' in from ? `${field}=${from.column}` : `${field}:=${from.text}`);
  for (const flag of ['swapAxes', 'trustCrs', 'skipRejected'] as const) form.set(flag, String(order[flag]));
  form.set('dryRun', String(dryRun));
  for (const file of files) form.append('file', file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', 'api/imports');
    request.setRequestHeader('Accept', 'application/json');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      const answer = request.response as (Run & { code?: string; field?: string; expected?: string }) | null;
      if (request.status === 202 && answer) resolve(answer);
      else reject(new ApiError(request.status, answer?.code ?? null, answer?.field ?? null, answer?.expected ?? null));
    };
    request.onerror = () => reject(new ApiError(null, null));
    request.onabort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}
