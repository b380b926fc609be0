import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
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
});
