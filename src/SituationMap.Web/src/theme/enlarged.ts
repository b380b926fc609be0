import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';

/** How much larger everything is than on a desk, by the width of the screen; tokens.css has the steps. */
export const enlargement = (): number =>
  Number(getComputedStyle(document.documentElement).getPropertyValue('--enlarged'));

/** What of letters and signs is in pixels of the screen; marks in footprints are as large as these. */
const sizes = ['text-size', 'icon-size', 'circle-radius'];
const inFootprints = ['buildings', 'households'];

/** The style with its letters and signs that much larger. */
export function enlarged(style: StyleSpecification, by: number): StyleSpecification {
  if (by === 1) return style;
  const properties = (all: object | undefined) =>
    Object.fromEntries(
      Object.entries(all ?? {}).map(([name, value]) => [
        name,
        sizes.includes(name) ? times(value, by) : (value as unknown),
      ]),
    );
  return {
    ...style,
    layers: style.layers.map((layer) =>
      'source-layer' in layer && inFootprints.includes(layer['source-layer'] ?? '')
        ? layer
        : ({ ...layer, layout: properties(layer.layout), paint: properties(layer.paint) } as LayerSpecification),
    ),
  };
}

/** A number, or the numbers that an interpolation leads through, that many times. */
function times(value: unknown, by: number): unknown {
  if (typeof value === 'number') return value * by;
  if (!Array.isArray(value) || value[0] !== 'interpolate') return value;
  return value.map((part: unknown, index) => (index > 3 && index % 2 === 0 ? times(part, by) : part));
}
