import type { ListedZone } from '../api/client';

/**
 * The codes of the other zones that are, will be or are planned to be under a name: two of one name are told, not
 * refused.
 * @param code of the zone that is to be called so; null: it has none yet
 */
export function namesakes(zones: readonly ListedZone[], name: string, code: string | null): string[] {
  const plain = (text: string) => text.normalize('NFKC').trim().toLowerCase();
  const wanted = plain(name);
  if (wanted === '') return [];
  const found = zones.filter((zone) => zone.state !== 'ended' && zone.code !== code && plain(zone.name) === wanted);
  return [...new Set(found.map((zone) => zone.code))];
}
