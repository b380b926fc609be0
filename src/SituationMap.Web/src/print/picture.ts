import { Map as MapLibreMap } from 'maplibre-gl';
import type { Box } from '../api/types';
import type { MapParts, SessionParts } from '../frame/parts';
import { styleUrl } from '../map/create';
import { throughTiles } from '../map/tiles';

/** A map for paper. */
export interface Picture {
  /** Its address, which holds the picture itself. */
  src: string;
  /** Width by height. */
  aspect: number;
  /** How long the bar of the scale is, as a part of the picture's width, and what it says. */
  bar: { part: number; text: string };
  /** Whom the base map names, as plain text. */
  attribution: string;
}

/** Paper is read from nearer than a screen: what a screen shows in this many pixels stands in one. */
const detail = 1.35;

/** Dots to such a smaller pixel: some 210 to the inch. */
const density = 1.6;

/**
 * Draws a box by a map of the paper's own, as large as it will stand there: light whatever the screen has, sharp, and
 * with nothing cut off; what is on the screen stays as it is.
 * @param size in pixels of the page, 96 to the inch
 */
export async function picture(
  { map, dressing, appearance, t }: MapParts & SessionParts,
  [west, south, east, north]: Box,
  size: { width: number; height: number },
): Promise<Picture> {
  const container = document.createElement('div');
  container.className = 'paper-map';
  container.ariaHidden = 'true';
  Object.assign(container.style, { width: `${size.width * detail}px`, height: `${size.height * detail}px` });
  document.body.append(container);
  const style = await dressing.of(styleUrl({ theme: 'light', palette: appearance.palette }, t.language));
  const other = new MapLibreMap({
    container,
    style,
    bounds: [west, south, east, north],
    fitBoundsOptions: { padding: 12 },
    interactive: false,
    attributionControl: false,
    renderWorldCopies: false,
    fadeDuration: 0,
    transformRequest: throughTiles,
    pixelRatio: density,
    minZoom: map.getMinZoom(),
    maxZoom: map.getMaxZoom(),
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  try {
    await other.once('idle');
    const named = Object.values(style.sources).flatMap((source) =>
      'attribution' in source && source.attribution ? [source.attribution] : [],
    );
    return {
      src: other.getCanvas().toDataURL('image/png'),
      aspect: size.width / size.height,
      bar: scale(other, t('map.scale.m'), t('map.scale.km')),
      attribution: new DOMParser().parseFromString(named.join(' · '), 'text/html').body.textContent.trim(),
    };
  } finally {
    other.remove();
    container.remove();
  }
}

/** What of the map nothing of the page covers. */
export function seen({ map, covered }: MapParts): Box {
  const { clientWidth, clientHeight } = map.getContainer();
  const { left, top, right, bottom } = covered();
  const [southWest, northEast] = [
    map.unproject([left, clientHeight - bottom]),
    map.unproject([clientWidth - right, top]),
  ];
  return [southWest.lng, southWest.lat, northEast.lng, northEast.lat];
}

function scale(map: MapLibreMap, metre: string, kilometre: string): Picture['bar'] {
  const { clientWidth, clientHeight } = map.getContainer();
  const width = map.unproject([0, clientHeight / 2]).distanceTo(map.unproject([clientWidth, clientHeight / 2]));
  const most = width / 5;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = power * ([5, 2, 1].find((times) => times * power <= most) ?? 1);
  return { part: length / width, text: length >= 1000 ? `${length / 1000} ${kilometre}` : `${length} ${metre}` };
}
