import type { CoveredArea } from '../../api/types';
import type { Translator } from '../../i18n/messages';
import type { Editing } from '../sheet/editing';
import type { SheetZone } from '../sheet/sheet';
import { instantOf, wallClock } from './instants';
import { Namesakes } from './namesakes';

interface ZoneFormProps {
  editing: Editing;
  coveredArea: CoveredArea;
  t: Translator;
  /** Codes of other zones that have the name of the zone in work. */
  namesakes: (zone: SheetZone) => readonly string[];
  save: () => void;
  throwAway: () => void;
}

/** What the zone in work says: its name, its level, from when to when, and why. */
export function ZoneForm({
  editing,
  coveredArea: { zoneLevels, timeZone },
  t,
  namesakes,
  save,
  throwAway,
}: ZoneFormProps) {
  const active = editing.active.value;
  if (!active) return <div class="form" />;
  const when = (iso: string | null) => (iso === null ? '' : wallClock(iso, timeZone));
  const instant = (wall: string) => (wall === '' ? null : instantOf(wall, timeZone));
  return (
    <div class="form">
      <label for="zone-name">{t('zones.name')}</label>
      <input
        id="zone-name"
        maxlength={100}
        required
        value={active.name}
        aria-describedby="zone-namesakes"
        onChange={(event) => editing.say({ name: event.currentTarget.value.trim() })}
      />
      <div id="zone-namesakes">
        <NamesakesOf zone={active} namesakes={namesakes} t={t} />
      </div>
      <label for="zone-level">{t('zones.level')}</label>
      <select
        id="zone-level"
        value={active.level}
        onChange={(event) => editing.say({ level: event.currentTarget.value })}
      >
        {zoneLevels.map(({ id, name }) => (
          <option key={id} value={id}>
            {name[t.language] ?? id}
          </option>
        ))}
      </select>
      <label for="zone-from">{t('zones.from')}</label>
      <input
        id="zone-from"
        type="datetime-local"
        value={when(active.from)}
        onChange={(event) => editing.say({ from: instant(event.currentTarget.value) })}
      />
      <label for="zone-to">{t('zones.to')}</label>
      <input
        id="zone-to"
        type="datetime-local"
        value={when(active.to)}
        onChange={(event) => editing.say({ to: instant(event.currentTarget.value) })}
      />
      <label for="zone-reason">{t('zones.reason')}</label>
      <textarea
        id="zone-reason"
        rows={2}
        maxlength={1000}
        value={active.reason}
        onChange={(event) => editing.say({ reason: event.currentTarget.value.trim() })}
      />
      <div class="actions">
        <button type="button" class="strong" onClick={save}>
          {t('zones.save')}
        </button>
        <button type="button" onClick={throwAway}>
          {t('zones.throwAway')}
        </button>
      </div>
    </div>
  );
}

/** By itself, since the zones it compares with may come while somebody writes: what is written is not to be drawn anew. */
function NamesakesOf({ zone, namesakes, t }: Pick<ZoneFormProps, 'namesakes' | 't'> & { zone: SheetZone }) {
  return <Namesakes codes={namesakes(zone)} t={t} />;
}
