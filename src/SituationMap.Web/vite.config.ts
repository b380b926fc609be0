import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import palette from '../../tiles/palette.json' with { type: 'json' };
// @ts-expect-error plain JavaScript, so that it also runs by itself
import { writeSprites } from './scripts/sprite.mjs';
// @ts-expect-error plain JavaScript, so that it also runs by itself
import { localToken } from './scripts/token.mjs';

/** `virtual:palette.css`: the palette as custom properties, so that the page has its colours before any script runs. */
function paletteCss(): Plugin {
  const rule = (selector: string, colours: Record<string, string>) =>
    `${selector}{${Object.entries(colours)
      .map(([name, value]) => `--${name}:${value}`)
      .join(';')}}\n`;
  const css = [
    rule(':root', palette.default.light),
    `@media (prefers-color-scheme:dark){${rule(':root', palette.default.dark)}}\n`,
    ...(['light', 'dark'] as const).flatMap((theme) => [
      rule(`[data-theme=${theme}]`, palette.default[theme]),
      rule(`[data-theme=${theme}][data-palette=classic]`, palette.classic[theme]),
    ]),
  ].join('');
  return {
    name: 'palette-css',
    resolveId: (id) => (id === 'virtual:palette.css' ? '\0virtual:palette.css' : undefined),
    load: (id) => (id === '\0virtual:palette.css' ? css : undefined),
  };
}

function sprites(): Plugin {
  return {
    name: 'sprites',
    apply: 'build',
    writeBundle: ({ dir }) => writeSprites(`${dir}/styles`),
  };
}

const token: string | null = localToken();

export default defineConfig({
  // relative, so that the page works below any prefix of a proxy
  base: './',
  plugins: [paletteCss(), sprites()],
  build: {
    target: 'es2022',
    // Content-Security-Policy allows no inline script, style or font
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'maplibre', test: /node_modules\/(maplibre-gl|@maplibre|@mapbox)/ }] },
      },
    },
  },
  server: {
    fs: { allow: [fileURLToPath(new URL('../..', import.meta.url))] },
    // the style names the addresses of tiles and sprites as the browser sees them
    proxy: Object.fromEntries(
      ['/api', '/tiles', '/styles'].map((path) => [
        path,
        {
          target: process.env.SITUATION_MAP ?? 'http://localhost:5000',
          changeOrigin: false,
          headers: token === null ? {} : { Authorization: `Bearer ${token}` },
        },
      ]),
    ),
  },
  test: { include: ['tests/**/*.test.ts'] },
});
