import { type Edited, joined, type Outlines } from '../geometry/borders';
import { surface } from '../geometry/measure';
import type { Outline } from '../geometry/outline';
import { difference } from '../geometry/shapes';

/** A zone as it lies on the planner's sheet. */
export interface SheetZone {
  /** Its code, or a name of the sheet's own while it has none. */
  key: string;
  /** Null: a new zone, which the server has not seen. */
  code: string | null;
  name: string;
  level: string;
  /** When it is to begin and to end (ISO 8601); null: with its approval, and open. */
  from: string | null;
  to: string | null;
  reason: string;
  outline: Outline;
  /** The outline that the server has; null for a new zone. */
  base: Outline | null;
  /** Of the draft that the server has, for `If-Match`. */
  etag: string | null;
}

/** Everything that is edited together: the zone in work and its neighbours, in the order of their keys. */
export interface Sheet {
  /** The zone whose corners can be moved. */
  active: string | null;
  zones: Readonly<Record<string, SheetZone>>;
}

export const emptySheet: Sheet = { active: null, zones: {} };

/** Below this much changed surface, in m², a neighbour counts as unchanged: it only got a corner on a side. */
const noticeable = 1;

export const outlinesOf = (sheet: Sheet): Outlines =>
  new Map(Object.values(sheet.zones).map((zone) => [zone.key, zone.outline]));

export function withZones(sheet: Sheet, zones: readonly SheetZone[], active: string | null = sheet.active): Sheet {
  return ordered(active, { ...sheet.zones, ...Object.fromEntries(zones.map((zone) => [zone.key, zone])) });
}

export function withoutZone(sheet: Sheet, key: string): Sheet {
  const { [key]: _, ...zones } = sheet.zones;
  return ordered(sheet.active === key ? null : sheet.active, zones);
}

/** Puts zones beside those on the sheet and makes their borders match. */
export function laid(sheet: Sheet, zones: readonly SheetZone[], active: string | null): Sheet {
  const next = withZones(sheet, zones, active);
  return withOutlines(next, joined(outlinesOf(next)));
}

/** The sheet with the outlines of an edit; `made` describes zones that the edit made. */
export function withOutlines(
  sheet: Sheet,
  outlines: Outlines,
  made: (key: string) => SheetZone | null = () => null,
): Sheet {
  const zones: Record<string, SheetZone> = {};
  for (const [key, outline] of outlines) {
    const zone = sheet.zones[key] ?? made(key);
    if (zone) zones[key] = zone.outline === outline ? zone : { ...zone, outline };
  }
  return ordered(sheet.active !== null && zones[sheet.active] ? sheet.active : null, zones);
}

export const applied = (sheet: Sheet, edited: Edited, made?: (key: string) => SheetZone | null): Sheet =>
  edited.outlines === null ? sheet : withOutlines(sheet, edited.outlines, made);

/** Whether a zone has to be saved: it is new, or its outline differs noticeably from the server's. */
export function isChanged(zone: SheetZone): boolean {
  if (zone.base === null) return zone.outline.length > 0;
  if (zone.outline === zone.base) return false;
  return surface(difference(zone.outline, zone.base)) + surface(difference(zone.base, zone.outline)) > noticeable;
}

function ordered(active: string | null, zones: Record<string, SheetZone>): Sheet {
  return {
    active,
    zones: Object.fromEntries(
      Object.keys(zones)
        .sort()
        .map((key) => [key, zones[key]!]),
    ),
  };
}
