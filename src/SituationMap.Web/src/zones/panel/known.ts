import { api } from '../../api/client';
import type { DueZone } from '../../api/types';
import { type Zone, type ZoneHistory, zoneApi } from '../api/client';
import { namesakes } from '../sheet/names';

/** What was fetched of a zone. */
export interface Known {
  zone: Zone;
  history: ZoneHistory;
  due: DueZone | null;
  /** Codes of other zones that have the name of the draft. */
  namesakes: readonly string[];
  nameOf: (code: string) => string;
  title: string;
  /** As it is planned, else as it is or was in force. */
  outline: GeoJSON.Polygon | GeoJSON.MultiPolygon | undefined;
}

export async function fetchKnown(code: string): Promise<Known> {
  const [zone, history, due, zones] = await Promise.all([
    zoneApi.one(code),
    zoneApi.versions(code),
    api.dueZones({}),
    zoneApi.list(),
  ]);
  const shown = zone.draft ?? zone.inForce ?? history.versions.at(-1)?.version;
  return {
    zone,
    history,
    due: due.zones.find((one) => one.code === code) ?? null,
    namesakes: zone.draft ? namesakes(zones, zone.draft.name, code) : [],
    nameOf: (other) => zones.find((one) => one.code === other)?.name ?? other,
    title: shown?.name ?? code,
    outline: shown?.outline,
  };
}
