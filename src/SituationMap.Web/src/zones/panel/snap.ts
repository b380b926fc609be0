import { h } from '../../dom';
import type { Translator } from '../../i18n/messages';

const key = 'situationmap.zones.snap';
const usual = 5; // metres
const most = 50;

/** Within how many metres corners snap to the borders of buildings, grids and zones; remembered in this browser. */
export function snapSetting(t: Translator): { element: HTMLElement; metres: () => number } {
  const kept = Number(localStorage.getItem(key) ?? usual);
  const input = h('input', {
    id: 'zone-snap',
    type: 'number',
    min: 0,
    max: most,
    step: 'any',
    value: Number.isFinite(kept) ? kept : usual,
  });
  const metres = () => Math.min(most, Math.max(0, input.valueAsNumber || 0));
  input.addEventListener('change', () => {
    input.value = String(metres());
    localStorage.setItem(key, input.value);
  });
  return { element: h('div', { class: 'snap' }, h('label', { for: input.id }, t('zones.snap')), input), metres };
}
