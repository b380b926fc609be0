import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { generateSW } from 'workbox-build';
import palette from '../../tiles/palette.json' with { type: 'json' };
// @ts-expect-error plain JavaScript, so that it also runs by itself
import { writeSprites } from './scripts/sprite.mjs';
// @ts-expect-error plain JavaScript, so that it also runs by itself
import { localToken } from './scripts/token.mjs';

/**
 * `virtual:palette.css`: the palette as custom properties, so that the page has its colours before any script runs. The resident's page has
 * it as a module of its own, for what two entries share is a file more that each of them loads.
 */
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
    resolveId: (id) => (/^virtual:(resident-)?palette\.css$/.test(id) ? `\0${id}` : undefined),
    load: (id) => (/^\0virtual:(resident-)?palette\.css$/.test(id) ? css : undefined),
  };
}

function sprites(): Plugin {
  return {
    name: 'sprites',
    apply: 'build',
    writeBundle: ({ dir }) => writeSprites(`${dir}/styles`),
  };
}

/**
 * `m-sw.js` and `g-sw.js`, the service workers of the grid worker's page and of a gate's: what the page loads, and nothing of the
 * viewer, is there without a network. It keeps no answer of the API.
 */
function serviceWorker(path: 'm' | 'g'): Plugin {
  const page = `${path}.html`;
  let files: Set<string>;
  return {
    name: `service-worker-${path}`,
    apply: 'build',
    generateBundle(_, bundle) {
      files = new Set([page, `${path}.webmanifest`, 'favicon.svg', 'icon-192.png']);
      const add = (name: string): void => {
        const chunk = bundle[name];
        if (chunk?.type !== 'chunk' || files.has(name)) return;
        files.add(name);
        for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css);
        chunk.imports.forEach(add);
        // a gate's page checks signatures without a network where the browser cannot, too
        for (const later of chunk.dynamicImports)
          if (path === 'g' && /@noble/.test((bundle[later] as { facadeModuleId?: string }).facadeModuleId ?? ''))
            add(later);
      };
      for (const chunk of Object.values(bundle))
        if (chunk.type === 'chunk' && chunk.isEntry && chunk.facadeModuleId?.endsWith(page)) add(chunk.fileName);
    },
    async writeBundle({ dir }) {
      await generateSW({
        globDirectory: dir!,
        globPatterns: [...files],
        swDest: `${dir}/${path}-sw.js`,
        inlineWorkboxRuntime: true,
        sourcemap: false,
        skipWaiting: true,
        clientsClaim: true,
        cleanupOutdatedCaches: true,
        dontCacheBustURLsMatching: /^assets\//,
        navigateFallback: page,
        navigateFallbackAllowlist: [new RegExp(`/${path}(\\?.*)?$`)],
        // the server takes the token out of the address
        navigateFallbackDenylist: [/[?&]token=/],
      });
    },
  };
}

const token: string | null = localToken();

export default defineConfig({
  // relative, so that the page works below any prefix of a proxy
  base: './',
  plugins: [paletteCss(), sprites(), serviceWorker('m'), serviceWorker('g')],
  build: {
    target: 'es2022',
    // Content-Security-Policy allows no inline script, style or font
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      // making the service worker takes seconds, and that is well
      checks: { pluginTimings: false },
      input: { viewer: 'index.html', phone: 'm.html', gate: 'g.html', resident: 'src/resident/page.ts' },
      output: {
        // the server writes the resident's page, and knows what it loads by these names
        entryFileNames: ({ name }) => (name === 'resident' ? 'resident.js' : 'assets/[name]-[hash].js'),
        assetFileNames: ({ names }) => (names[0] === 'resident.css' ? 'resident.css' : 'assets/[name]-[hash][extname]'),
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
