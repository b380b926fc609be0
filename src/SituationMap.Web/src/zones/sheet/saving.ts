import { Stale, zoneApi } from '../api/client';
import type { History } from './history';
import { isChanged, type SheetZone } from './sheet';

/**
 * Saves the zone in work and every neighbour whose border moved with it, each as a draft of its own.
 * @returns the zone that somebody else saved meanwhile; null: all are saved
 */
export async function saveSheet(history: History): Promise<{ zone: SheetZone; stale: Stale } | null> {
  const { sheet } = history;
  const active = sheet.active === null ? null : sheet.zones[sheet.active]!;
  if (!active) return null;
  for (const zone of Object.values(sheet.zones)) {
    if (zone !== active && !isChanged(zone)) continue;
    const etag = zone.etag ?? (zone.code === null ? null : (await zoneApi.one(zone.code)).etag);
    try {
      const said = { reason: zone.reason || active.reason, name: zone.name || active.name };
      const saved = await zoneApi.save({ ...zone, ...said }, etag);
      // should the next one not be taken, this one is not sent again
      history.saved(zone.key, { code: saved.code, base: zone.outline, etag: saved.etag });
    } catch (error) {
      if (error instanceof Stale) return { zone, stale: error };
      throw error;
    }
  }
  history.clear();
  return null;
}
