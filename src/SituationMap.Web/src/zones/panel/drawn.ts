import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Translator } from '../../i18n/messages';
import type { Impact, Zone, ZoneState } from '../api/client';
import { type Outline, type Position, toGeoJson } from '../geometry/outline';
import type { Shown } from '../map/layers';
import { isChanged, type Sheet, type SheetZone } from '../sheet/sheet';

/** What of the sheet the map shows. */
export interface Drawn {
  sheet: Sheet;
  active: SheetZone | null;
  impact: Impact | null;
  /** What is chosen of a file and not taken yet. */
  imported: Outline;
  /** Where an edit was refused. */
  fault: Position | null;
  /** The corner in work. */
  corner: Position | null;
}

/** What people call a zone: as it is planned, else as it is in force; its code where it is over. */
export const nameOf = ({ draft, inForce, code }: Zone): string => draft?.name ?? inForce?.name ?? code;

export const shown = (part: Shown['properties']['part'], geometry: GeoJSON.Geometry): Shown => ({
  type: 'Feature',
  properties: { part },
  geometry,
});

/** What is planned or scheduled: dotted, with its name and where it stands, so that nobody takes it for a zone in force. */
export const pending = (zone: { name: string; state: ZoneState; outline: GeoJSON.Geometry }, t: Translator): Shown[] =>
  zone.state === 'inForce' || zone.state === 'ended'
    ? []
    : [
        {
          type: 'Feature',
          properties: { part: 'pending', label: `${zone.name}\n${t(`zones.state.${zone.state}`)}` },
          geometry: zone.outline,
        },
      ];

export function features({ sheet, active, impact, imported, fault, corner }: Drawn, map: MapLibreMap): Shown[] {
  const point = (part: 'crossing' | 'corner', [lon, lat]: readonly [number, number]) =>
    shown(part, { type: 'Point', coordinates: [lon, lat] });
  const mended = impact?.mended.flatMap(({ lon, lat }) => (lon === null || lat === null ? [] : [[lon, lat] as const]));
  const crossings = impact?.crossings.map(({ lon, lat }) => [lon, lat] as const);
  return [
    ...Object.values(sheet.zones)
      .filter((zone) => (zone === active || isChanged(zone)) && zone.outline.length > 0)
      .map((zone) => shown('zone', toGeoJson(zone.outline))),
    ...(imported.length > 0 ? [shown('added', toGeoJson(imported))] : []),
    ...(active?.base ? [shown('base', toGeoJson(active.base))] : []),
    ...(impact?.borders?.faults ?? []).map(({ outline }) => shown('cut', outline)),
    ...buildingsCut(impact, map).map(({ geometry }) => shown('cut', geometry)),
    ...[...(crossings ?? []), ...(mended ?? []), ...(fault ? [fault] : [])].map((at) => point('crossing', at)),
    ...(corner ? [point('corner', corner)] : []),
  ];
}

export function buildingsCut(impact: Impact | null, map: MapLibreMap) {
  const codes = impact?.buildingsCut.map(({ code }) => code) ?? [];
  if (codes.length === 0 || !map.getLayer('buildings')) return [];
  return map.queryRenderedFeatures({ layers: ['buildings'], filter: ['in', ['get', 'code'], ['literal', codes]] });
}
