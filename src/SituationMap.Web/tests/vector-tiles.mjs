// Reads tiles as a client of OGC API Tiles that knows nothing of this server but its address: node vector-tiles.mjs
// ADDRESS-OF-OGC COLUMN ROW KEY. From the tilesets to the template to the tile at zoom 16, taken apart by
// @mapbox/vector-tile; prints the layers as JSON.
import { VectorTile } from '@mapbox/vector-tile';
import Pbf from 'pbf';

const [root, column, row, key] = process.argv.slice(2);
const ask = (address, headers) => fetch(address, { headers: { ...headers, Authorization: `Bearer ${key}` } });
const json = async (address) => (await ask(address, { Accept: 'application/json' })).json();

const found = {};
for (const start of [
  root,
  ...(await json(`${root}/collections`)).collections.map(({ id }) => `${root}/collections/${id}`),
]) {
  const { links } = await json(start);
  const tilesets = await json(
    links.find(({ rel }) => rel === 'http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector').href,
  );
  const tileset = await json(tilesets.tilesets[0].links.find(({ rel }) => rel === 'self').href);
  const { href, type } = tileset.links.find(({ rel, templated }) => rel === 'item' && templated);
  const answer = await ask(href.replace('{tileMatrix}', '16').replace('{tileRow}', row).replace('{tileCol}', column));
  if (answer.status === 204) {
    found[start.slice(root.length)] = {};
    continue;
  }
  if (answer.status !== 200 || answer.headers.get('Content-Type') !== type)
    throw new Error(`${href}: ${answer.status} ${answer.headers.get('Content-Type')}`);
  const tile = new VectorTile(new Pbf(await answer.arrayBuffer()));
  const layers = {};
  for (const [name, layer] of Object.entries(tile.layers)) {
    const features = Array.from({ length: layer.length }, (_, i) => layer.feature(i));
    layers[name] = {
      extent: layer.extent,
      version: layer.version,
      codes: features.map(({ properties }) => properties.code).filter(Boolean),
      // in lon, lat: what a client draws
      positions: features
        .slice(0, 5)
        .map((feature) => feature.toGeoJSON(Number(column), Number(row), 16).geometry.coordinates.flat(9).slice(0, 2)),
    };
  }
  found[start.slice(root.length)] = layers;
}
console.log(JSON.stringify(found));
