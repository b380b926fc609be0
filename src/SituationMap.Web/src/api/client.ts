import type { BuildingMatrix, CountSeries, DueZone, Fact, GridCounts, GridSummary, HistoryPage, HouseholdDetail, HouseholdsPage, HouseholdStatus, Jobs, Place, SearchPage, ZonesInForce } from './types';

/** A request that brought no answer: `status` is null when the server was not reached at all. */
export class ApiError extends Error {
  /** @param field which field of what was sent is wrong, and `expected` what belongs there */
  constructor(readonly status: number | null, readonly code: string | null, readonly field: string | null = null, readonly expected: string | null = null) {
    super(code ?? (status === null ? 'unreachable' : `HTTP ${status}`));
  }
}

const patience = 15_000; // ms; an answer that takes longer is not coming

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { cache: 'no-store' }, signal);
}

async function post<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

async function ask<T>(path: string, request: RequestInit, signal?: AbortSignal): Promise<T> {
  const limit = AbortSignal.timeout(patience);
  let response: Response;
  try {
    response = await fetch(path, {
      ...request,
      headers: { Accept: 'application/json', ...request.headers },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(null, null);
  }
  if (response.status === 401) location.reload(); // signed out meanwhile: the page asks to sign in
  if (!response.ok) {
    const problem = (await response.json().catch(() => null)) as { code?: string; field?: string; expected?: string } | null;
    throw new ApiError(response.status, problem?.code ?? null, problem?.field ?? null, problem?.expected ?? null);
  }
  return (await response.json()) as T;
}

const segment = encodeURIComponent;

/** Parameters such as `at` and `known`; none leaves the path as it is. */
type Query = Record<string, string>;
const withQuery = (path: string, query: Query): string => (Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query)}`);

export const api = {
  place: () => get<Place>('api/place'),
  summary: (grid: string, query: Query, signal?: AbortSignal) => get<GridSummary>(withQuery(`api/grids/${segment(grid)}/summary`, query), signal),
  /** A matrix is always as it was known then: of `query` only `at` counts. */
  matrix: (building: string, { at }: Query, signal?: AbortSignal) =>
    get<BuildingMatrix>(withQuery(`api/buildings/${segment(building)}/matrix`, at === undefined ? {} : { at }), signal),
  household: (code: string, signal?: AbortSignal) => get<HouseholdDetail>(`api/households/${segment(code)}`, signal),
  status: (code: string, query: Query, signal?: AbortSignal) => get<HouseholdStatus>(withQuery(`api/households/${segment(code)}/status`, query), signal),
  history: (code: string, signal?: AbortSignal) => get<HistoryPage>(`api/households/${segment(code)}/history`, signal),
  /** The page a `next` link names. */
  more: <Page = HistoryPage>(next: string, signal?: AbortSignal) => get<Page>(next, signal),
  zones: (query: Query, signal?: AbortSignal) => get<ZonesInForce>(withQuery('api/zones', query), signal),
  /** When each zone in force may be lowered. */
  dueZones: (query: Query) => get<{ zones: DueZone[] }>(withQuery('api/zones/due', query)),
  grids: (query: Query = {}, signal?: AbortSignal) => get<{ grids: GridCounts[] }>(withQuery('api/grids', query), signal),
  search: (query: string, signal?: AbortSignal) => get<SearchPage>(withQuery('api/search', { q: query }), signal),
  /** How the counts went: at the ends of `steps` equal steps between two instants. */
  series: (grid: string, query: Query, signal?: AbortSignal) => get<CountSeries>(withQuery(`api/grids/${segment(grid)}/series`, query), signal),
  /** A page of households, `query` as the API has it. */
  households: (query: Query, signal?: AbortSignal) => get<HouseholdsPage>(withQuery('api/households', query), signal),
  /** Durable once it returns; the same id again is the same fact. */
  report: (fact: Fact) => post<unknown>('api/facts', fact),
  jobs: () => get<Jobs>('api/jobs'),
};
