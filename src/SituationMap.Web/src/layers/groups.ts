import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';

/**
 * What the layer cards speak of: each stands for several layers of the style, from the top of the map to its ground.
 */
export const groups = ['checkpoints', 'zones', 'buildings', 'grids', 'roads', 'basemap'] as const;
export type Group = (typeof groups)[number];

export interface LayerChoice {
  group: Group;
  shown: boolean;
  /** From 0 to 1. */
  opacity: number;
}

export const defaultChoices = (): LayerChoice[] => groups.map((group) => ({ group, shown: true, opacity: 1 }));

/** The group that a layer of the style belongs to; null for the ground and for what features draw themselves. */
export function groupOf(layer: LayerSpecification): Group | null {
  if (layer.type === 'background') return null;
  if (layer.source === 'basemap') return 'basemap';
  if (layer.source !== 'situation') return null;
  const name = 'source-layer' in layer ? layer['source-layer'] : undefined;
  if (name === 'households') return 'buildings';
  if (name === 'grid-labels') return 'grids';
  return groups.find((group) => group === name) ?? null;
}

/**
 * As the address has it: from the top down, `!` before what is hidden, the opacity in percent behind; null for the
 * default.
 */
export function written(choices: LayerChoice[]): string | null {
  const text = (list: LayerChoice[]) =>
    list
      .map(
        ({ group, shown, opacity }) =>
          `${shown ? '' : '!'}${group}${opacity === 1 ? '' : `:${Math.round(opacity * 100)}`}`,
      )
      .join(',');
  return text(choices) === text(defaultChoices()) ? null : text(choices);
}

/** What `written` gave; groups that it does not name stand as by default, below. */
export function read(text: string | null): LayerChoice[] {
  const choices: LayerChoice[] = [];
  for (const part of (text ?? '').split(',')) {
    const match = /^(!?)([a-z]+)(?::(\d{1,3}))?$/.exec(part);
    const group = groups.find((one) => one === match?.[2]);
    if (!match || !group || choices.some((choice) => choice.group === group)) continue;
    choices.push({ group, shown: match[1] === '', opacity: Math.min(100, Number(match[3] ?? 100)) / 100 });
  }
  return [...choices, ...defaultChoices().filter(({ group }) => !choices.some((choice) => choice.group === group))];
}

export const opacities: Partial<Record<LayerSpecification['type'], string[]>> = {
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  symbol: ['icon-opacity', 'text-opacity'],
  raster: ['raster-opacity'],
};

/**
 * The style with layers hidden, faded and reordered as chosen. Layers that label (symbols) keep their place above all
 * surfaces where the order is the default one; else each group stands together.
 */
export function dressed(style: StyleSpecification, choices: LayerChoice[]): StyleSpecification {
  const byGroup = new Map(choices.map((choice) => [choice.group, choice]));
  const layers = style.layers.map((layer) => {
    const group = groupOf(layer);
    const choice = group === null ? undefined : byGroup.get(group);
    if (!choice || (choice.shown && choice.opacity === 1)) return layer;
    const paint: Record<string, unknown> = { ...layer.paint };
    for (const property of opacities[layer.type] ?? []) paint[property] = faded(paint[property], choice.opacity);
    return {
      ...layer,
      layout: { ...layer.layout, visibility: choice.shown ? 'visible' : 'none' },
      paint,
    } as LayerSpecification;
  });
  const order = choices.map(({ group }) => group);
  if (order.join() === groups.join()) return { ...style, layers };
  const rank = (layer: LayerSpecification) => {
    const group = groupOf(layer);
    return group === null ? null : order.indexOf(group);
  };
  const grouped = layers.filter((layer) => rank(layer) !== null).sort((a, b) => rank(b)! - rank(a)!);
  // what belongs to no group keeps its place
  return { ...style, layers: layers.map((layer) => (rank(layer) === null ? layer : grouped.shift()!)) };
}

/**
 * An opacity, a number or an expression, times a factor, likewise. An expression over the zoom has to stay outermost.
 */
export function faded(value: unknown, factor: number | ExpressionSpecification): unknown {
  if (value === undefined) return factor;
  if (typeof value === 'number') return typeof factor === 'number' ? value * factor : ['*', factor, value];
  if (!Array.isArray(value)) return value;
  const first = value[0] as unknown;
  const from =
    first === 'interpolate' || first === 'interpolate-hcl' || first === 'interpolate-lab'
      ? 4
      : first === 'step'
        ? 2
        : -1;
  if (from < 0) return ['*', factor, value];
  return value.map((part: unknown, index) => (index >= from && (index - from) % 2 === 0 ? faded(part, factor) : part));
}
