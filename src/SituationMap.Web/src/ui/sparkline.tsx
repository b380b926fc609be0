const width = 44;
const height = 18;

/** How a number went, as a line without axes, from the least to the most it was; for the eye only: the numbers stand beside it. */
export function Sparkline({ values }: { values: readonly number[] }) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (index: number) => (index / Math.max(1, values.length - 1)) * width;
  const y = (value: number) =>
    most === least ? height / 2 : 2 + (height - 4) * (1 - (value - least) / (most - least));
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <polyline points={values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ')} />
    </svg>
  );
}
