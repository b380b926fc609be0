// Draws the sprites of the map style (hatches of the zones, the stroke of what is not surveyed) into the folder given.
// Geometry is computed, not painted by hand, so that both densities are sharp and the palette stays the only source of
// colours.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';

const palette = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../tiles/palette.json', import.meta.url)), 'utf8'),
);

/**
 * A square tile of 45° lines that repeats without a seam: the lines are period/√2 apart. Wider apart for lower levels.
 */
function hatch(period, lineWidth, colour, alpha) {
  const [red, green, blue] = rgb(colour);
  return {
    size: period,
    draw: (x, y) => {
      const phase = (((x + y) % period) + period) % period;
      const distance = Math.min(phase, period - phase) / Math.SQRT2;
      return [red, green, blue, 255 * alpha * clamp(lineWidth / 2 - distance + 0.5)];
    },
  };
}

/** One diagonal stroke as a signed distance field, so that the style chooses its colour and size. */
function stroke(size, lineWidth) {
  const inset = 5;
  return {
    size,
    sdf: true,
    draw: (x, y) => {
      const along = clamp((x - inset + (size - inset - y)) / (2 * (size - 2 * inset)));
      const nearX = inset + along * (size - 2 * inset);
      const nearY = size - inset - along * (size - 2 * inset);
      const outside = Math.hypot(x - nearX, y - nearY) - lineWidth / 2;
      // MapLibre reads 0.75 as the edge and spreads 8 px over the range
      return [0, 0, 0, 255 * clamp(0.75 - outside / 8)];
    },
  };
}

/**
 * An arrow to the right as a signed distance field: a shaft and a head, the smaller of the distances to its three
 * strokes.
 */
function arrow(size, lineWidth) {
  const [left, right, middle, wing] = [6, size - 6, size / 2, 4.5];
  return {
    size,
    sdf: true,
    draw: (x, y) => {
      const to = (fromX, fromY, toX, toY) => {
        const [dx, dy] = [toX - fromX, toY - fromY];
        const along = clamp(((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy));
        return Math.hypot(x - fromX - along * dx, y - fromY - along * dy);
      };
      const outside =
        Math.min(
          to(left, middle, right, middle),
          to(right - wing, middle - wing, right, middle),
          to(right - wing, middle + wing, right, middle),
        ) -
        lineWidth / 2;
      return [0, 0, 0, 255 * clamp(0.75 - outside / 8)];
    },
  };
}

const clamp = (value) => Math.max(0, Math.min(1, value));
const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

function sprite(theme, ratio) {
  const zone = palette.default[theme].zone;
  const images = {
    'hatch-1': hatch(8, 0.8, zone, 0.5),
    'hatch-2': hatch(13, 0.8, zone, 0.5),
    'hatch-3': hatch(20, 0.8, zone, 0.5),
    stroke: stroke(48, 2.4),
    arrow: arrow(24, 2.6),
  };
  const total = Object.values(images).reduce((sum, image) => sum + image.size, 0);
  const height = Math.max(...Object.values(images).map((image) => image.size));
  const png = new PNG({ width: total * ratio, height: height * ratio });
  const index = {};
  let left = 0;
  for (const [name, image] of Object.entries(images)) {
    const pixels = image.size * ratio;
    for (let row = 0; row < pixels; row++)
      for (let column = 0; column < pixels; column++)
        png.data.set(
          image.draw((column + 0.5) / ratio, (row + 0.5) / ratio).map(Math.round),
          (row * png.width + left + column) * 4,
        );
    index[name] = {
      x: left,
      y: 0,
      width: pixels,
      height: pixels,
      pixelRatio: ratio,
      ...(image.sdf ? { sdf: true } : {}),
    };
    left += pixels;
  }
  return { png: PNG.sync.write(png), index };
}

export function writeSprites(folder) {
  mkdirSync(folder, { recursive: true });
  for (const theme of ['light', 'dark'])
    for (const ratio of [1, 2]) {
      const { png, index } = sprite(theme, ratio);
      const name = join(folder, `sprite-${theme}${ratio === 2 ? '@2x' : ''}`);
      writeFileSync(`${name}.png`, png);
      writeFileSync(`${name}.json`, JSON.stringify(index));
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeSprites(process.argv[2]);
