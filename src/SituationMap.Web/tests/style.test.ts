import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createExpression,
  latest,
  type StylePropertySpecification,
  type SymbolLayerSpecification,
  validateStyleMin,
} from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
// @ts-expect-error plain JavaScript
import { writeSprites } from '../scripts/sprite.mjs';
// @ts-expect-error plain JavaScript
import { composeStyle } from './compose-style.mjs';

describe('the map style', () => {
  for (const theme of ['light', 'dark'] as const)
    for (const palette of ['default', 'classic'] as const)
      for (const lang of ['zh-CN', 'en'] as const)
        it(`is valid in ${theme}, ${palette}, ${lang}`, () => {
          const style = composeStyle({ theme, palette, lang });
          expect(validateStyleMin(style).map((error: Error) => error.message)).toEqual([]);
          expect(JSON.stringify(style)).not.toMatch(/"\$|\{origin\}|\{theme\}/);
        });

  it('asks nothing of anyone but the server it came from', () => {
    const style = composeStyle({ origin: 'http://map.example' });
    expect(style.glyphs).toBeUndefined();
    for (const [address] of JSON.stringify(style).matchAll(/https?:[^"]+/g))
      expect(address).toMatch(/^http:\/\/map\.example\//);
  });

  it('takes every image it names from the sprite', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sprite-'));
    writeSprites(folder);
    for (const theme of ['light', 'dark'])
      for (const density of ['', '@2x']) {
        const index = JSON.parse(readFileSync(`${folder}/sprite-${theme}${density}.json`, 'utf8')) as Record<
          string,
          unknown
        >;
        const style = JSON.stringify(composeStyle({ theme }));
        for (const image of new Set(style.match(/hatch-\d|"stroke"/g)!.map((name) => name.replaceAll('"', ''))))
          expect(index).toHaveProperty(image);
      }
  });

  // who sees no colours, or a print without, tells them by these alone
  it('says by a letter what calls for somebody, at every zoom from the whole community on', () => {
    const layers = (composeStyle({}).layers as SymbolLayerSpecification[]).filter(
      (layer) => layer.type === 'symbol' && ['buildings', 'households'].includes(layer['source-layer'] ?? ''),
    );
    const written = (zoom: number, status: string) =>
      layers
        .filter(({ minzoom = 0, maxzoom = 24 }) => minzoom <= zoom && zoom < maxzoom)
        .map(({ id, layout }) => {
          const made = createExpression(
            layout!['text-field'] as unknown as unknown[],
            `${id}.layout.text-field`,
            latest.layout_symbol['text-field'] as StylePropertySpecification,
          );
          if (made.result === 'error') throw new Error(made.value.map(String).join());
          return String(made.value.evaluate({ zoom }, { type: 3, properties: { status } }));
        })
        .join('');
    for (let zoom = 14; zoom <= 20; zoom += 0.25)
      for (const [status, letter] of Object.entries({ quarantined: '隔', observed: '观', out: '外' }))
        expect(written(zoom, status), `${status} at ${zoom}`).toContain(letter);
  });
});
