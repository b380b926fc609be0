import createClient from 'openapi-fetch';
import type { Readable } from 'openapi-typescript-helpers';
import type { paths } from './schema';
import type {
  Acknowledgement,
  BuildingMatrix,
  ChangesPage,
  CheckpointPassages,
  CountSeries,
  CoveredArea,
  DoorCodes,
  DoorCodesRequest,
  DueZone,
  DutyStep,
  Fact,
  GridCounts,
  GridSummary,
  HistoryPage,
  HouseholdDetail,
  HouseholdStatus,
  HouseholdsOnMap,
  HouseholdsPage,
  Jobs,
  Posts,
  ReportedFactsPage,
  SearchPage,
  WorkCounts,
  Workers,
  WorkPage,
  ZonesInForce,
} from './types';

/** A request that brought no answer: `status` is null when the server was not reached at all. */
export class ApiError extends Error {
  /** @param field which field of what was sent is wrong, and `expected` what belongs there */
  constructor(
    readonly status: number | null,
    readonly code: string | null,
    readonly field: string | null = null,
    readonly expected: string | null = null,
  ) {
    super(code ?? (status === null ? 'unreachable' : `HTTP ${status}`));
  }
}

/** Asks what the API's description has, as it has it; relative, since the page may lie below any prefix. */
export const server = createClient<paths>({
  baseUrl: '.',
  cache: 'no-store',
  headers: { Accept: 'application/json' },
  querySerializer: { array: { style: 'form', explode: false } },
});

const patience = 15_000; // ms; an answer that takes longer is not coming

/** Ends with the signal, or when patience does. */
export const patient = (signal?: AbortSignal): AbortSignal =>
  signal ? AbortSignal.any([signal, AbortSignal.timeout(patience)]) : AbortSignal.timeout(patience);

/** What openapi-fetch tells of an answer; it takes tuples for arrays. */
export interface Asked<T> {
  data?: Readable<T>;
  error?: unknown;
  response: Response;
}

/** What was answered; otherwise an `ApiError`, or what `signal` was aborted with. */
export async function answered<T>(asked: Promise<Asked<T>>, signal?: AbortSignal): Promise<T> {
  let answer: Asked<T>;
  try {
    answer = await asked;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(null, null);
  }
  if (answer.response.ok) return answer.data as T;
  const problem = answer.error as { code?: string; field?: string; expected?: string } | undefined;
  throw new ApiError(answer.response.status, problem?.code ?? null, problem?.field ?? null, problem?.expected ?? null);
}

/** As `answered`, for the page itself: signed out meanwhile, it asks to sign in. */
async function shown<T>(asked: Promise<Asked<T>>, signal?: AbortSignal): Promise<T> {
  try {
    return await answered(asked, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) location.reload();
    throw error;
  }
}

/** Parameters such as `at` and `known`. */
type Query = Record<string, string>;

/** What is asked of one thing by its code. */
const of = <Q = undefined>(code: string, signal?: AbortSignal, query?: Q) => ({
  params: { path: { code }, ...(query && { query }) },
  signal: patient(signal),
});
/** What is asked of all. */
const all = (query: Query, signal?: AbortSignal) => ({ params: { query }, signal: patient(signal) });

export const api = {
  coveredArea: () => shown<CoveredArea>(server.GET('/api/place', { signal: patient() })),
  summary: (grid: string, query: Query, signal?: AbortSignal) =>
    shown<GridSummary>(server.GET('/api/grids/{code}/summary', of(grid, signal, query)), signal),
  /** A matrix is always as it was known then: of `query` only `at` counts. */
  matrix: (building: string, { at }: Query, signal?: AbortSignal) =>
    shown<BuildingMatrix>(
      server.GET('/api/buildings/{code}/matrix', of(building, signal, at === undefined ? {} : { at })),
      signal,
    ),
  household: (code: string, signal?: AbortSignal) =>
    shown<HouseholdDetail>(server.GET('/api/households/{code}', of(code, signal)), signal),
  status: (code: string, query: Query, signal?: AbortSignal) =>
    shown<HouseholdStatus>(server.GET('/api/households/{code}/status', of(code, signal, query)), signal),
  history: (code: string, signal?: AbortSignal) =>
    shown<HistoryPage>(server.GET('/api/households/{code}/history', of(code, signal)), signal),
  /** What was reported of a household, newest first. */
  facts: (code: string, signal?: AbortSignal) =>
    shown<ReportedFactsPage>(server.GET('/api/households/{code}/facts', of(code, signal)), signal),
  /** Makes the codes of doors; each is told only now. */
  doorCodes: (request: DoorCodesRequest) =>
    shown<DoorCodes>(server.POST('/api/door-codes', { body: request, signal: patient() })),
  /** The page a `next` link names, a path from the root; which operation it is of only the caller knows. */
  more: <Page = HistoryPage>(next: string, signal?: AbortSignal) =>
    shown<Page>(server.GET(next as never, { baseUrl: location.origin, signal: patient(signal) } as never), signal),
  zones: (query: Query, signal?: AbortSignal) =>
    shown<ZonesInForce>(server.GET('/api/zones', all(query, signal)), signal),
  /** When each zone in force may be lowered. */
  dueZones: (query: Query) => shown<{ zones: DueZone[] }>(server.GET('/api/zones/due', all(query))),
  /** How many went through a checkpoint in the last 24 hours. */
  passages: (checkpoint: string, query: Query, signal?: AbortSignal) =>
    shown<CheckpointPassages>(server.GET('/api/checkpoints/{code}/passages', of(checkpoint, signal, query)), signal),
  grids: (query: Query = {}, signal?: AbortSignal) =>
    shown<{ grids: GridCounts[] }>(server.GET('/api/grids', all(query, signal)), signal),
  search: (q: string, signal?: AbortSignal) => shown<SearchPage>(server.GET('/api/search', all({ q }, signal)), signal),
  /** How the counts went: at the ends of `steps` equal steps between two instants. */
  series: (grid: string, query: Query, signal?: AbortSignal) =>
    shown<CountSeries>(server.GET('/api/grids/{code}/series', of(grid, signal, query)), signal),
  /** A page of households, `query` as the API has it. */
  households: (query: Query, signal?: AbortSignal) =>
    shown<HouseholdsPage>(server.GET('/api/households', all(query, signal)), signal),
  /** Which households such a query is about, for the map. */
  householdsOnMap: (query: Query, signal?: AbortSignal) =>
    shown<HouseholdsOnMap>(server.GET('/api/households-on-map', all(query, signal)), signal),
  /** Posts, whether enough people are there, and the shifts of some time. */
  posts: (query: Query) => shown<Posts>(server.GET('/api/posts', all(query))),
  /** The posts where too few people are. */
  gaps: (grid: string) => shown<Posts>(server.GET('/api/posts/gaps', all({ grid }))),
  workers: (query: Query) => shown<Workers>(server.GET('/api/workers', all(query))),
  /** Steps of shifts at a post, all or none. */
  duty: (post: string, steps: DutyStep[]) =>
    shown(server.POST('/api/posts/{code}/shifts', { ...of(post), body: { steps } })),
  copyWeek: (body: { grid: string | null; from: string; to: string }) =>
    shown<{ accepted: number }>(server.POST('/api/posts/copy', { body, signal: patient() })),
  workCounts: (query: Query) => shown<WorkCounts>(server.GET('/api/work/counts', all(query))),
  work: (query: Query) => shown<WorkPage>(server.GET('/api/work', all(query))),
  /** What changed between two instants, newest first. */
  changes: (query: Query) => shown<ChangesPage>(server.GET('/api/changes', all(query))),
  /** Takes note of changes, by their sequences; gives who has. */
  acknowledge: (changes: number[]) =>
    shown<{ acknowledgements: Acknowledgement[] }>(
      server.POST('/api/changes/acknowledgements', { body: { changes }, signal: patient() }),
    ),
  /** Durable once it returns; the same id again is the same fact. */
  report: (fact: Fact) => shown<unknown>(server.POST('/api/facts', { body: fact, signal: patient() })),
  jobs: () => shown<Jobs>(server.GET('/api/jobs', { signal: patient() })),
};
