import { signal } from '@preact/signals';
import type { Translator } from '../../i18n/messages';

const key = 'situationmap.zones.snap';
const usual = 5; // metres
const most = 50;

/** Within how many metres corners snap to the borders of buildings, grids and zones; remembered in this browser. */
export class SnapSetting {
  readonly #metres = signal(within(Number(localStorage.getItem(key) ?? usual)));

  get metres(): number {
    return this.#metres.peek();
  }

  readonly Setting = ({ t }: { t: Translator }) => (
    <div class="snap">
      <label for="zone-snap">{t('zones.snap')}</label>
      <input
        id="zone-snap"
        type="number"
        min={0}
        max={most}
        step="any"
        defaultValue={String(this.metres)}
        onChange={(event) => {
          this.#metres.value = within(event.currentTarget.valueAsNumber || 0);
          event.currentTarget.value = String(this.metres);
          localStorage.setItem(key, String(this.metres));
        }}
      />
    </div>
  );
}

function within(metres: number): number {
  return Number.isFinite(metres) ? Math.min(most, Math.max(0, metres)) : usual;
}
