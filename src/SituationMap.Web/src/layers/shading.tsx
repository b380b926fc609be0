import type { Translator } from '../i18n/messages';
import { type Measure, measures, steps, strengths } from './shades';

/** What the shades of the grids mean: a square for each, from none to the strongest. */
export function Shades({ measure, t }: { measure: Measure; t: Translator }) {
  const bounds = steps[measure];
  const said = (n: number) => t.number(measure === 'share' ? n * 100 : n);
  const unit = measure === 'share' ? ' %' : '';
  const words = strengths.map((_, index) => {
    const [from, to] = [bounds[index - 1], bounds[index]];
    if (from === undefined) return t('layers.shades.none');
    if (to === undefined) return `≥ ${said(from)}${unit}`;
    return index === 1 ? `< ${said(to)}${unit}` : `${said(from)}–${said(to)}${unit}`;
  });
  return (
    <div class="shades">
      <p>{t(`layers.shades.${measure}`)}</p>
      <ol>
        {strengths.map((strength, index) => (
          <li key={strength}>
            <span
              class="shade"
              style={{ background: `color-mix(in srgb, var(--quarantined) ${strength * 100}%, var(--ground))` }}
              aria-hidden="true"
            />
            {words[index]}
          </li>
        ))}
      </ol>
    </div>
  );
}

interface MeasureProps {
  measure: Measure;
  t: Translator;
  choose: (measure: Measure) => void;
}

export function MeasureChoice({ measure, t, choose }: MeasureProps) {
  return (
    <label>
      <span>{t('layers.shades')}</span>
      <select value={measure} onChange={(event) => choose(event.currentTarget.value as Measure)}>
        {measures.map((one) => (
          <option key={one} value={one}>
            {t(`layers.shades.by.${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
