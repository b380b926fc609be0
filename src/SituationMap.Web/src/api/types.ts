/** What the server's API answers. Times are ISO 8601 with offset; boxes are [west, south, east, north] in degrees, WGS 84. */

export const statuses = ['quarantined', 'observed', 'out', 'healthy'] as const;
export type Status = (typeof statuses)[number];

export type Box = [west: number, south: number, east: number, north: number];
export type CountsByStatus = Record<Status, number>;

/** Where this deployment is; without a name and a grid while the store is empty. */
export interface Place {
  name: string | null;
  nameEn: string | null;
  grid: string | null;
  bounds: Box;
  timeZone: string;
  plan: string;
  edition: string;
  /** The levels of zones that the edition in force knows, strictest first. */
  zoneLevels: { id: string; name: Record<string, string> }[];
  sequence: number;
  asOf: string;
}

export interface GridCounts extends CountsByStatus {
  id: number;
  code: string;
  parent: string | null;
  level: string;
  name: string;
  bounds: Box;
  households: number;
  persons: number;
  surveyed: number;
  overdue?: number;
}

export interface ZoneInForce {
  code: string;
  name: string;
  level: string;
  version: number;
}

export interface ZonesInForce {
  at: string;
  zones: { code: string; name: string; level: string; version: number; from: string; to: string | null; outline: GeoJSON.MultiPolygon }[];
}

export interface GridSummary extends GridCounts {
  sequence: number;
  asOf: string;
  buildings: number;
  misplaced: number;
  checkpoints: number;
  checkpointsManned: number;
  zones: ZoneInForce[];
  change24h: CountsByStatus;
  children: GridCounts[];
}

export interface MatrixCell {
  floor: number;
  unit: number;
  /** The door on that floor of that unit, the first of as many `doors` as were made into one home. */
  room: number;
  doors: number;
  household: string;
  id: number;
  label: string;
  status: Status;
  surveyed: boolean;
  persons: number;
}

export interface BuildingMatrix extends CountsByStatus {
  building: string;
  id: number;
  bounds: Box;
  address: string;
  kind: string;
  floors: number;
  units: number;
  sequence: number;
  asOf: string;
  surveyed: number;
  cells: MatrixCell[];
}

export interface Household {
  household: string;
  id: number;
  building: string;
  address: string;
  label: string;
  status: Status;
  since: string | null;
  until: string | null;
  surveyed: boolean;
  persons: number;
}

export interface Fact {
  id: string;
  kind: string;
  household: string;
  person?: string;
  at: string;
  source: string;
  data: Record<string, unknown>;
}

export interface HouseholdDetail extends Household {
  /** Codes of the known members; null for those who neither report of them nor may see who they are. */
  members: string[] | null;
}

export interface Because {
  rule: string;
  fact: string | null;
  zone: string | null;
  zoneVersion: number | null;
  from: string;
  to: string | null;
  words: Record<string, string>;
}

export interface HouseholdStatus {
  household: string;
  status: Status;
  since: string | null;
  until: string | null;
  surveyed: boolean;
  edition: string;
  because: Because[];
  /** Decided, and without effect until a second person confirms it. */
  pending: { fact: string; status: Status; until: string | null; source: string; words: Record<string, string> }[];
  overdue: { what: string; person: string | null; rule: string | null; from: string; due: string; missing: number; words: Record<string, string> }[];
  asOf: string;
  sequence: number;
}

export interface HistoryChange {
  sequence: number;
  at: string;
  status: Status;
  surveyed: boolean;
  since: string | null;
  until: string | null;
  edition: string;
}

export interface HistoryPage {
  changes: HistoryChange[];
  next: string | null;
}

export interface HouseholdsPage {
  households: Household[];
  next: string | null;
}

/** What a search found; a household's and a building's `status` is the most severe there. */
export interface FoundThing {
  kind: 'grid' | 'checkpoint' | 'building' | 'household';
  code: string;
  name: string;
  building: string | null;
  status: Status | null;
  bounds: Box;
}

export interface SearchPage {
  sequence: number;
  found: FoundThing[];
  next: string | null;
  more: boolean;
}

export interface CountPoint extends CountsByStatus {
  at: string;
  surveyed: number;
  changes: number;
}

export interface CountSeries {
  grid: string;
  from: string;
  to: string;
  households: number;
  points: CountPoint[];
}

export interface JobRun {
  at: string;
  milliseconds: number;
  succeeded: boolean;
  summary: string;
}

export interface Jobs {
  jobs: { name: string; description: string; next: string | null; last: JobRun | null }[];
  worker: { queued: number; lastBatchAt: string | null; lastBatchHouseholds: number | null; lastBatchMilliseconds: number | null };
}

/** Events of `GET /api/live`. */
export interface Advance {
  sequence: number;
  asOf: string;
}

export interface Hello extends Advance {
  /** When the server last knew that the store has nothing newer; far behind `now` while it cannot reach the store. */
  confirmedAt: string;
  now: string;
}

export interface StatusChanges extends Advance {
  households: { id: number; household: string; building: number; grid: string; status: Status; surveyed: boolean }[];
  buildings: ({ id: number; status: Status; unsurveyed: number } & CountsByStatus)[];
}

export interface ZoneChanges extends Advance {
  zones: { id: number; code: string | null; name: string | null; level: string | null; version?: number }[];
}

export interface TileChanges extends Advance {
  tiles: string[];
}

/** A zone in force and when it may be lowered. */
export interface DueZone {
  code: string;
  isDue: boolean;
  dueAt: string;
  /** Null: the zone reaches beyond the grids of whoever asks. */
  words: Record<string, string> | null;
  evidence: { needs: { isMet: boolean; words: Record<string, string> }[] } | null;
  resets: Record<string, string>[];
}
