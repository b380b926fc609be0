import type { ListedZone, Zone } from '../api/client';
import { outlineOf } from '../geometry/outline';
import { laid, type Sheet, type SheetZone } from './sheet';

/** A zone that nobody has seen yet. */
export function freshZone(level: string): SheetZone {
  const said = { name: '', level, from: null, to: null, reason: '' };
  return { key: `new-${Date.now()}`, code: null, ...said, outline: [], base: null, etag: null };
}

/** A zone that the server has, as its draft says, else as it is in force; null: it is neither. */
export function zoneOnSheet({ code, draft, inForce, etag }: Zone): SheetZone | null {
  const from = draft ?? inForce;
  if (!from) return null;
  const outline = outlineOf(from.outline);
  const said = { name: from.name, level: from.level ?? 'low', from: from.from, to: from.to };
  return { key: code, code, ...said, reason: draft?.reason ?? '', outline, base: outline, etag };
}

/**
 * The sheet with a zone to work on and the zones in force, so that borders they share move together; the ETag of those
 * is asked for when they are saved.
 */
export function laidWithNeighbours(sheet: Sheet, zone: SheetZone, zones: readonly ListedZone[]): Sheet {
  const neighbours = zones
    .filter(({ code, state }) => state === 'inForce' && code !== zone.code && !sheet.zones[code])
    .map(({ code, name, level, from, to, outline: stored }): SheetZone => {
      const said = { name, level: level ?? '', from, to, reason: '' };
      const outline = outlineOf(stored);
      return { key: code, code, ...said, outline, base: outline, etag: null };
    });
  return laid(sheet, [zone, ...neighbours], zone.key);
}
