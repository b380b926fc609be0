import type { StyleSpecification } from 'maplibre-gl';
import { describe, expect, it } from 'vitest';
import { defaultChoices, dressed, faded, read, written } from '../src/layers/groups';

const style = (...ids: string[]): StyleSpecification => ({
  version: 8,
  sources: {},
  layers: [
    { id: 'ground', type: 'background' },
    ...ids.map((id) => ({ id, type: 'fill' as const, source: 'situation', 'source-layer': id })),
  ],
});

describe('the layers', () => {
  it('stand in the address only where they are not as by default', () => {
    expect(written(defaultChoices())).toBeNull();
    const choices = read('!zones,buildings:40,nonsense,zones:5');
    expect(choices.slice(0, 2)).toEqual([
      { group: 'zones', shown: false, opacity: 1 },
      { group: 'buildings', shown: true, opacity: 0.4 },
    ]);
    expect(choices).toHaveLength(6);
    expect(read(written(choices))).toEqual(choices);
  });

  it('are hidden, faded and reordered in the style, the ground staying below', () => {
    const { layers } = dressed(style('grids', 'buildings', 'zones'), read('!zones,buildings:40,grids'));
    expect(layers.map(({ id }) => id)).toEqual(['ground', 'grids', 'buildings', 'zones']);
    expect(layers[2]).toMatchObject({ layout: { visibility: 'visible' }, paint: { 'fill-opacity': 0.4 } });
    expect(layers[3]).toMatchObject({ layout: { visibility: 'none' } });
    expect(dressed(style('grids', 'zones'), read('grids,zones')).layers.map(({ id }) => id)).toEqual([
      'ground',
      'zones',
      'grids',
    ]);
  });

  it('fade expressions, those over the zoom from within', () => {
    expect(faded(undefined, 0.5)).toBe(0.5);
    expect(faded(['get', 'x'], 0.5)).toEqual(['*', 0.5, ['get', 'x']]);
    expect(faded(['interpolate', ['linear'], ['zoom'], 10, 0.2, 14, ['get', 'x']], 0.5)).toEqual([
      'interpolate',
      ['linear'],
      ['zoom'],
      10,
      0.1,
      14,
      ['*', 0.5, ['get', 'x']],
    ]);
    expect(faded(['step', ['zoom'], 1, 15, 0.4], 0.5)).toEqual(['step', ['zoom'], 0.5, 15, 0.2]);
  });
});
