import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';

/** By what grids are shaded, from far: which part of their households is quarantined, or how many are. */
export const measures = ['share', 'count'] as const;
export type Measure = (typeof measures)[number];

/** Shares and numbers from which on a grid is one shade stronger. */
export const steps: Record<Measure, readonly number[]> = {
  share: [0.0001, 0.01, 0.03, 0.1],
  count: [1, 10, 50, 200],
};
/** Of the colour, below the first step and from each on. */
export const strengths = [0, 0.15, 0.3, 0.48, 0.7] as const;

export const measureOf = (text: string | null): Measure => measures.find((one) => one === text) ?? 'share';

/** The style with its grids shaded by that measure. */
export function shaded(style: StyleSpecification, measure: Measure): StyleSpecification {
  const quarantined: ExpressionSpecification = ['coalesce', ['get', 'quarantined'], 0];
  const value: ExpressionSpecification =
    measure === 'count' ? quarantined : ['/', quarantined, ['max', 1, ['coalesce', ['get', 'households'], 1]]];
  const opacity = [
    'step',
    value,
    strengths[0],
    ...steps[measure].flatMap((step, index) => [step, strengths[index + 1]!]),
  ] as unknown as ExpressionSpecification;
  return {
    ...style,
    layers: style.layers.map((layer) =>
      layer.id === 'grids' && layer.type === 'fill'
        ? { ...layer, paint: { ...layer.paint, 'fill-opacity': opacity } }
        : layer,
    ),
  };
}
