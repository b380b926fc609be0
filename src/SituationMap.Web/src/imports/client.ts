import { ApiError, answered, patient, server } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Collection = Schemas['ImportedCollection'];
export const collections = [
  'grids',
  'buildings',
  'households',
  'persons',
  'checkpoints',
  'zones',
] as const satisfies readonly Collection[];

export type CollectionField = Schemas['FieldResponse'];
export type Importable = Schemas['CollectionsResponse'];
export type Finding = Schemas['Finding'];
export type RejectedRow = Schemas['RejectedRow'];
export type Report = Schemas['ImportReport'];
export type Run = Schemas['ImportResponse'];

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

const of = (id: string) => ({ params: { path: { id } }, signal: patient() });

export const importable = (): Promise<Importable> =>
  answered<Importable>(server.GET('/api/imports/collections', { signal: patient() }));
export const preview = (id: string): Promise<GeoJSON.FeatureCollection> =>
  answered<GeoJSON.FeatureCollection>(server.GET('/api/imports/{id}/preview', of(id)));

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
    const now = await answered<Run>(server.GET('/api/imports/{id}', of(id)));
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
