import type { Translator } from '../i18n/messages';
import { type Measure, measures, steps, strengths } from './shades';

/** What the shades of the grids mean: a square for each, from none to the strongest. */
export function Shades({ measure, t }: { measure: Measure; t: Translator }) {
  const bounds = steps[measure];
  const said = (n: number) => (measure === 'share' ? `${t.number(n * 100)} %` : t.number(n));
  const words = strengths.map((_, index) => {
    if (index === 0) return t('layers.shades.none');
    const [from, to] = [bounds[index - 1]!, bounds[index]];
    if (to === undefined) return `≥ ${said(from)}`;
    if (index === 1) return `< ${said(to)}`;
    return `${said(from)} –`;
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
