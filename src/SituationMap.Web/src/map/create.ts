import {
  AttributionControl,
  type IControl,
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Box } from '../api/types';
import type { Translator } from '../i18n/messages';
import type { Appearance } from '../theme/theme';
import { registerTiles, throughTiles } from './tiles';

/** The address of the composed style; QGIS and others open the same. */
export function styleUrl(appearance: Pick<Appearance, 'theme' | 'palette'>, language: string): string {
  const query = new URLSearchParams({ theme: appearance.theme, palette: appearance.palette, lang: language });
  return new URL(`styles/situation.json?${query}`, location.href).href;
}

export interface MapSettings {
  container: HTMLElement;
  bounds: Box;
  /** Free space around the bounds, so that nothing of them lies below the card. */
  padding: { top: number; right: number; bottom: number; left: number };
  /** The page's buttons beside the map's own; null for a picture on a wall, which nobody touches. */
  tools: IControl | null;
  t: Translator;
}

/** How many pixels of the page one of the element's is: more than one on a large wall. */
export const zoomOf = (element: HTMLElement): number =>
  element.getBoundingClientRect().width / element.clientWidth || 1;

/** The map without a style yet. */
export function createMap({ container, bounds, padding, tools, t }: MapSettings): MapLibreMap {
  // a file of its own: the Content-Security-Policy allows no worker from a blob
  setWorkerUrl(workerUrl);
  registerTiles();
  const sharpness = () => devicePixelRatio * zoomOf(container);
  const map = new MapLibreMap({
    container,
    bounds,
    fitBoundsOptions: { padding },
    hash: 'map',
    minZoom: 3,
    maxZoom: 21,
    renderWorldCopies: false,
    attributionControl: false,
    interactive: tools !== null,
    // a plan is read with north up
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    rollEnabled: false,
    fadeDuration: 0,
    pixelRatio: sharpness(),
    transformRequest: throughTiles,
    // The feed says which tiles changed. A tile that left the view would miss that, so none is kept;
    // its ETag makes coming back cheap.
    refreshExpiredTiles: false,
    maxTileCacheSize: 0,
    locale: {
      'Map.Title': t('map.label'),
      'NavigationControl.ZoomIn': t('map.zoomIn'),
      'NavigationControl.ZoomOut': t('map.zoomOut'),
      'ScaleControl.Meters': t('map.scale.m'),
      'ScaleControl.Kilometers': t('map.scale.km'),
    },
  });
  map.on('resize', () => {
    if (map.getPixelRatio() !== sharpness()) map.setPixelRatio(sharpness());
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  // whom the base map names; without one it stays away
  map.addControl(new AttributionControl({ compact: false }), 'bottom-right');
  map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-right');
  if (tools !== null) {
    map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
    map.addControl(tools, 'bottom-right');
  }
  return map;
}
