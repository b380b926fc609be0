// Composes the map style from tiles/ as the server's StyleEndpoints does, so that its parts can be checked without a
// server.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const tiles = new URL('../../../tiles/', import.meta.url);
const read = (path) => JSON.parse(readFileSync(fileURLToPath(new URL(path, tiles)), 'utf8'));
const layerFolders = readdirSync(fileURLToPath(tiles), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/**
 * @param {{ theme?: 'light' | 'dark', palette?: 'default' | 'classic', lang?: 'zh-CN' | 'en', origin?: string }} choice
 */
export function composeStyle({
  theme = 'light',
  palette = 'default',
  lang = 'zh-CN',
  origin = 'http://localhost',
} = {}) {
  const all = read('palette.json');
  const words = {
    ...all.default[theme],
    ...all[palette][theme],
    fonts: all.fonts.normal,
    'fonts-bold': all.fonts.bold,
  };
  for (const [name, letter] of Object.entries(all.letters)) words[`letter-${name}`] = letter;

  const fill = (node) => {
    if (typeof node === 'string') {
      if (node.startsWith('$')) {
        if (!(node.slice(1) in words)) throw new Error(`${node} is not in tiles/palette.json`);
        return words[node.slice(1)];
      }
      return node.replace('{origin}', origin).replace('{theme}', theme);
    }
    if (Array.isArray(node)) return node.map(fill);
    if (node && typeof node === 'object') {
      if ('zh-CN' in node && 'en' in node) return node[lang];
      return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value)]));
    }
    return node;
  };

  const layers = new Map(
    layerFolders
      .filter((folder) => existsSync(new URL(`${folder}/style.json`, tiles)))
      .flatMap((folder) => read(`${folder}/style.json`))
      .map((layer) => [layer.id, layer]),
  );
  const style = read('situation.style.json');
  style.layers = style.layers.map((layer) => {
    if (typeof layer !== 'string') return layer;
    if (!layers.has(layer)) throw new Error(`no tiles/*/style.json has a layer ${layer}`);
    return { source: 'situation', ...layers.get(layer) };
  });
  return fill(style);
}
