import type { GridCounts } from '../api/types';

type Point = [number, number];

/**
 * The smallest grid that fills what the map shows: its box has the middle in it and is at least about as large as the
 * view.
 */
export function gridAt(
  grids: Pick<GridCounts, 'code' | 'bounds'>[],
  view: [Point, Point],
  centre: Point,
): string | null {
  const size = ([west, south, east, north]: readonly number[]) => (east! - west!) * (north! - south!);
  const seen = size([...view[0], ...view[1]]);
  const here = grids.filter(
    ({ bounds: [west, south, east, north] }) =>
      west <= centre[0] && centre[0] <= east && south <= centre[1] && centre[1] <= north,
  );
  const bySize = [...here].sort((a, b) => size(a.bounds) - size(b.bounds));
  return (bySize.find(({ bounds }) => size(bounds) * 1.5 >= seen) ?? bySize.at(-1))?.code ?? null;
}
