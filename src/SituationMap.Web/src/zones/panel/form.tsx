import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { CoveredArea } from '../../api/types';
import type { Translator } from '../../i18n/messages';
import type { Editing } from '../sheet/editing';
import type { SheetZone } from '../sheet/sheet';
import { FieldFault, marks, type WrongField } from './fault';
import { instantOf, wallClock } from './instants';
import { Namesakes } from './namesakes';

interface ZoneFormProps {
  editing: Editing;
  coveredArea: CoveredArea;
  t: Translator;
  wrong: WrongField | null;
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
  wrong,
  namesakes,
  save,
  throwAway,
}: ZoneFormProps) {
  const active = editing.active.value;
  const typed = useSignal<string | null>(null);
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
        {...marks('name', wrong, 'zone-namesakes')}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
        onChange={(event) => {
          typed.value = null;
          editing.say({ name: event.currentTarget.value.trim() });
        }}
      />
      <FieldFault field="name" wrong={wrong} />
      <div id="zone-namesakes">
        <NamesakesOf zone={active} typed={typed} namesakes={namesakes} t={t} />
      </div>
      <label for="zone-level">{t('zones.level')}</label>
      <select
        id="zone-level"
        value={active.level}
        {...marks('level', wrong)}
        onChange={(event) => editing.say({ level: event.currentTarget.value })}
      >
        {zoneLevels.map(({ id, name }) => (
          <option key={id} value={id}>
            {name[t.language] ?? id}
          </option>
        ))}
      </select>
      <FieldFault field="level" wrong={wrong} />
      <label for="zone-from">{t('zones.from')}</label>
      <input
        id="zone-from"
        type="datetime-local"
        value={when(active.from)}
        {...marks('from', wrong)}
        onChange={(event) => editing.say({ from: instant(event.currentTarget.value) })}
      />
      <FieldFault field="from" wrong={wrong} />
      <label for="zone-to">{t('zones.to')}</label>
      <input
        id="zone-to"
        type="datetime-local"
        value={when(active.to)}
        {...marks('to', wrong)}
        onChange={(event) => editing.say({ to: instant(event.currentTarget.value) })}
      />
      <FieldFault field="to" wrong={wrong} />
      <label for="zone-reason">{t('zones.reason')}</label>
      <textarea
        id="zone-reason"
        rows={2}
        maxlength={1000}
        value={active.reason}
        {...marks('reason', wrong)}
        onChange={(event) => editing.say({ reason: event.currentTarget.value.trim() })}
      />
      <FieldFault field="reason" wrong={wrong} />
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

interface NamesakesOfProps extends Pick<ZoneFormProps, 'namesakes' | 't'> {
  zone: SheetZone;
  typed: ReadonlySignal<string | null>;
}

/**
 * By itself and while somebody writes: what is written is not to be drawn anew, and nothing is to move under the
 * pointer that leaves the field.
 */
function NamesakesOf({ zone, typed, namesakes, t }: NamesakesOfProps) {
  return <Namesakes codes={namesakes({ ...zone, name: typed.value ?? zone.name })} t={t} />;
}
