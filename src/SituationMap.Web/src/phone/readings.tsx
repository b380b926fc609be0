import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Pad, pressed, shown } from '../offline/pad';
import { read } from '../panel/fields';
import { forms } from '../panel/forms';
import type { Phone, Said } from './phone';

const celsius = forms.find(({ kind }) => kind === 'temperature')!.fields.filter(({ name }) => name === 'celsius');
const well = 36.5;

interface ReadingsProps {
  phone: Phone;
  members: readonly string[];
  /** Whose temperature is due, or everybody. */
  measured: readonly string[];
  /** Whether it is what one has come for. */
  isPrimary: boolean;
  save: (said: Said[]) => Promise<void>;
}

const factOf = (person: string, value: number): Said => ({ kind: 'temperature', person, data: { celsius: value } });

/** The temperatures of a family: one button for the usual case, three digits each for the others. */
export function Readings({ phone, members, measured, isPrimary, save }: ReadingsProps) {
  const { t, times } = phone;
  const digits = useSignal<Record<string, string>>({});
  const active = useSignal(measured[0]!);
  const faults = useSignal<Record<string, string>>({});
  const list = useRef<HTMLUListElement>(null);

  const set = (person: string, text: string) => {
    const next = text.replace(/\D/g, '').slice(0, 3);
    const isWhole = next.length === 3 && (digits.peek()[person] ?? '').length < 3;
    digits.value = { ...digits.peek(), [person]: next };
    const after = measured[measured.indexOf(person) + 1];
    if (isWhole && after !== undefined) {
      active.value = after;
      // a keyboard goes on where the number pad does
      if (list.current!.contains(document.activeElement))
        list.current!.querySelector<HTMLElement>(`[data-person="${after}"]`)!.focus();
    }
  };
  const press = (key: string) => {
    const text = digits.peek()[active.peek()] ?? '';
    set(active.peek(), pressed(text, key));
  };
  const send = async (event: Event) => {
    event.preventDefault();
    const said: Said[] = [];
    const wrong: Record<string, string> = {};
    for (const person of measured) {
      const text = shown(digits.peek()[person]);
      if (text === '') continue;
      const asked = read(celsius, () => text, t, times);
      if ('fault' in asked) wrong[person] = asked.fault.text;
      else said.push(factOf(person, Number(text)));
    }
    if (said.length === 0 && Object.keys(wrong).length === 0) wrong[active.peek()] = t('fault.field-missing');
    faults.value = wrong;
    if (Object.keys(wrong).length === 0) await save(said);
  };
  const count = measured.filter((person) => (digits.value[person] ?? '') !== '').length;

  return (
    <form class="readings" noValidate onSubmit={(event) => void send(event)}>
      <h3>{t('report.temperature')}</h3>
      <button
        type="button"
        class={isPrimary ? 'primary usual' : 'usual'}
        onClick={() => void save(measured.map((person) => factOf(person, well)))}
      >
        {t('phone.well', { celsius: well.toFixed(1), persons: t.persons(measured.length) })}
      </button>
      <ul ref={list}>
        {measured.map((person) => (
          <li key={person} class={person === active.value ? 'active' : undefined}>
            <label>
              <span>{t('household.member', { n: members.indexOf(person) + 1 })}</span>
              <input
                data-person={person}
                inputMode="none"
                autocomplete="off"
                placeholder="36.5"
                value={shown(digits.value[person])}
                aria-invalid={faults.value[person] !== undefined || undefined}
                onFocus={() => {
                  active.value = person;
                }}
                onInput={(event) => {
                  set(person, event.currentTarget.value);
                  event.currentTarget.value = shown(digits.peek()[person]);
                }}
              />
            </label>
            {faults.value[person] ? (
              <p class="field-fault" role="alert">
                {faults.value[person]}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
      <Pad t={t} press={press} />
      <button type="submit">{t('phone.save', { n: count })}</button>
    </form>
  );
}
