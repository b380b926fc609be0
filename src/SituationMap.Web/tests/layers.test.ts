import { createExpression, latest } from '@maplibre/maplibre-gl-style-spec';
import type { StyleSpecification } from 'maplibre-gl';
import { describe, expect, it } from 'vitest';
import { defaultChoices, dressed, faded, read, written } from '../src/layers/groups';
import { type Measure, shaded } from '../src/layers/shades';
// @ts-expect-error plain JavaScript
import { composeStyle } from './compose-style.mjs';

const style = (...ids: string[]): StyleSpecification => ({
  version: 8,
  sources: {},
  layers: [
    { id: 'ground', type: 'background' },
    ...ids.map((id) => ({ id, type: 'fill' as const, source: 'situation', 'source-layer': id })),
  ],
});

describe('the shades of the grids', () => {
  const composed = composeStyle({}) as StyleSpecification;
  const opacity = (style: StyleSpecification) =>
    style.layers.flatMap((layer) =>
      layer.id === 'grids' && layer.type === 'fill' ? [layer.paint?.['fill-opacity']] : [],
    );

  it('are, by share, those that the style has by itself', () => {
    expect(opacity(composed)).toHaveLength(1);
    expect(opacity(shaded(composed, 'share'))).toEqual(opacity(composed));
  });

  it('say what the labels say: more quarantined is never paler', () => {
    const strength = (measure: Measure, quarantined: number, households: number) => {
      const [expression] = opacity(shaded(composed, measure));
      const compiled = createExpression(expression, latest.paint_fill['fill-opacity'] as never);
      if (compiled.result === 'error') throw compiled.value[0]!;
      return compiled.value.evaluate({ zoom: 11 }, {
        type: 3,
        properties: { quarantined, households },
      } as never) as number;
    };
    expect(strength('count', 284, 90_000)).toBeGreaterThan(strength('count', 7, 60));
    expect(strength('share', 7, 60)).toBeGreaterThan(strength('share', 284, 90_000));
    expect(strength('share', 0, 60)).toBe(0);
    expect(strength('count', 1, 90_000)).toBeGreaterThan(0);
  });
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
