import type { StyleSpecification, VectorTileSource } from 'maplibre-gl';
import { source } from '../map/access';
import type { Moment } from '../frame/time';
import type { Viewer } from '../frame/viewer';

/** Has the map draw the tiles of the moment that the page shows. */
export function tilesOfTheMoment({ map, time, dressing }: Viewer): void {
  dressing.add((style) => (time.moment === null ? style : ofMoment(style, time.moment)));
  time.changed.on((moment) => {
    const tiles = map.getSource<VectorTileSource>(source);
    tiles?.setTiles(tiles.tiles.map((url) => addressAt(url, moment)));
  });
}

/** The style with the tiles of a moment. */
export function ofMoment(style: StyleSpecification, moment: Moment | null): StyleSpecification {
  const situation = style.sources[source];
  if (situation?.type !== 'vector' || !situation.tiles) return style;
  return { ...style, sources: { ...style.sources, [source]: { ...situation, tiles: situation.tiles.map((url) => addressAt(url, moment)) } } };
}

/** A tile's address with that `at=` instead of any other. */
export function addressAt(url: string, moment: Moment | null): string {
  const [path, query] = url.split('?');
  const others = (query ?? '').split('&').filter((part) => part !== '' && !part.startsWith('at='));
  const all = moment === null ? others : [...others, `at=${encodeURIComponent(moment.at)}`];
  return all.length === 0 ? path! : `${path}?${all.join('&')}`;
}
