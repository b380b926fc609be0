import type { StyleSpecification, VectorTileSource } from 'maplibre-gl';
import type { Viewer } from '../frame/parts';
import type { Moment } from '../frame/time';
import { source, tileAccess } from '../map/access';

const soon = 400; // ms

/** Has the map draw the tiles of the moment that the page shows, and says so where the server has to work them out. */
export function tilesOfTheMoment({ map, time, dressing, notices, t }: Viewer): void {
  let working: ReturnType<typeof setTimeout> | undefined;
  let waiting = false;
  const { inView } = tileAccess(map);
  dressing.add((style) => (time.moment === null ? style : ofMoment(style, time.moment)));
  // One minute after the other: of two requests for a tile under way, the map would show the one that is answered last.
  const bring = () => {
    waiting = [...inView().values()].includes(false);
    if (waiting) return void requestAnimationFrame(bring);
    const tiles = map.getSource<VectorTileSource>(source);
    tiles?.setTiles(tiles.tiles.map((url) => addressAt(url, time.moment)));
  };
  time.changed.on((moment) => {
    if (!waiting) bring();
    clearTimeout(working);
    if (moment?.known === 'since') working = setTimeout(() => notices.show(t('replay.working')), soon);
  });
  map.on('idle', () => {
    clearTimeout(working);
    if (working !== undefined) notices.clear();
    working = undefined;
  });
}

/** The style with the tiles of a moment. */
export function ofMoment(style: StyleSpecification, moment: Moment | null): StyleSpecification {
  const situation = style.sources[source];
  if (situation?.type !== 'vector' || !situation.tiles) return style;
  return {
    ...style,
    sources: {
      ...style.sources,
      [source]: { ...situation, tiles: situation.tiles.map((url) => addressAt(url, moment)) },
    },
  };
}

/** A tile's address with that `at=` and `known=` instead of any other. */
export function addressAt(url: string, moment: Moment | null): string {
  const [path, query] = url.split('?');
  const others = (query ?? '').split('&').filter((part) => part !== '' && !/^(at|known)=/.test(part));
  const all =
    moment === null
      ? others
      : [
          ...others,
          `at=${encodeURIComponent(moment.at)}`,
          ...(moment.by === undefined ? [] : [`known=${encodeURIComponent(moment.by)}`]),
        ];
  return all.length === 0 ? path! : `${path}?${all.join('&')}`;
}
