/** What the server's API answers, by the names the viewer has for it. Times are ISO 8601 with offset. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Status = Schemas['Status'];
export const statuses = ['quarantined', 'observed', 'out', 'healthy'] as const satisfies readonly Status[];

/** What a household looks like: one that counts as healthy although nobody has been at its door looks like neither. */
export type Look = Status | 'unvisited';
export const looks = [...statuses, 'unvisited'] as const satisfies readonly Look[];
export const lookOf = ({ status, surveyed }: { status: Status; surveyed: boolean }): Look =>
  status === 'healthy' && !surveyed ? 'unvisited' : status;

export type CountsByLook = CountsByStatus & Pick<GridCounts, 'healthyUnsurveyed'>;
/** Each household counts with one look, so that these add up. */
export const looking = (counts: CountsByLook, look: Look): number =>
  look === 'unvisited'
    ? counts.healthyUnsurveyed
    : look === 'healthy'
      ? counts.healthy - counts.healthyUnsurveyed
      : counts[look];

export type Box = Schemas['Box'];
export type CountsByStatus = Pick<GridCounts, Status>;
/** Its name in English comes with no answer yet. */
export type CoveredArea = Schemas['PlaceResponse'] & { nameEn?: string | null };
export type GridCounts = Schemas['GridCountsResponse'];
export type GridSummary = Schemas['GridSummaryResponse'];
export type CountPoint = Schemas['SeriesPoint'];
export type CountSeries = Schemas['SeriesResponse'];
export type BuildingMatrix = Schemas['BuildingMatrixResponse'];
export type MatrixCell = Schemas['MatrixCell'];
export type Household = Schemas['ListedHouseholdResponse'];
export type HouseholdDetail = Schemas['HouseholdDetailResponse'];
export type HouseholdsPage = Schemas['HouseholdsResponse'];
export type HouseholdsOnMap = Schemas['HouseholdPlacesResponse'];
export type HouseholdStatus = Schemas['StatusResponse'];
export type Because = Schemas['ReasonResponse'];
export type HistoryChange = Schemas['StatusChangeResponse'];
export type HistoryPage = Schemas['HistoryResponse'];
export type Change = Schemas['ChangeResponse'];
export type Acknowledgement = Schemas['Acknowledgement'];
export type ChangesPage = Schemas['ChangesResponse'];
export type DueItem = Schemas['DueItemResponse'];
export type WorkPage = Schemas['WorkResponse'];
export type BuildingWork = Schemas['BuildingWorkResponse'];
export type WorkItem = Schemas['WorkItemResponse'];
export type WorkCounts = Schemas['WorkCountsResponse'];
export type DoorCode = Schemas['DoorCodeResponse'];
export type DoorCodes = Schemas['DoorCodesResponse'];
export type DoorCodesRequest = Schemas['DoorCodesRequest'];
export type GridWork = Schemas['GridWorkResponse'];
export type HouseholdWork = Schemas['HouseholdWorkResponse'];
export type WorkPack = Schemas['WorkPackResponse'];
export type GatePack = Schemas['GatePackResponse'];
export type PackedHome = Schemas['PackedHomeResponse'];
export type CheckpointPassages = Schemas['PassagesResponse'];
export type ReportedFact = Schemas['FactResponse'];
export type ReportedFactsPage = Schemas['HouseholdFactsResponse'];
export type Fact = Schemas['FactReportSchema'];
export type FoundThing = Schemas['FoundResponse'];
export type SearchPage = Schemas['SearchResponse'];
export type Posts = Schemas['PostsResponse'];
export type Post = Schemas['PostResponse'];
export type Shift = Schemas['ShiftResponse'];
export type Workers = Schemas['DutyWorkersResponse'];
/** What a step has depends on its kind. */
export type DutyStep = Partial<Schemas['NewStep']>;
export type JobRun = Schemas['JobRunResponse'];
export type Jobs = Schemas['JobsResponse'];
export type ZoneInForce = Schemas['GridZoneResponse'];
export type ZonesInForce = Schemas['ZonesResponse'];
export type DueZone = Schemas['DueZone'];
export type OwnSession = Schemas['SessionRow'];
export type OwnSessions = Schemas['SessionsResponse'];
export type SecondFactorState = Schemas['SecondFactorState'];
export type NewSecondFactor = Schemas['NewSecondFactor'];
export type RecoveryCodes = Schemas['RecoveryCodes'];

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

export interface Acknowledgements extends Advance {
  acknowledgements: Acknowledgement[];
}

export interface TileChanges extends Advance {
  tiles: string[];
}
