import type { HouseholdDetail } from '../api/types';
import type { MessageKey, Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';

export interface Field {
  /** As the fact's data has it; its label is the message `field.<name>`, unless another one is given. */
  name: string;
  label?: MessageKey;
  kind: 'integer' | 'decimal' | 'text' | 'choice' | 'member' | 'instant';
  min?: number;
  max?: number;
  /** An instant's bounds, ISO 8601; `to` is excluded. */
  from?: string;
  to?: string;
  choices?: string[];
  /** The choices are said as the messages `<words>.<choice>`. */
  words?: string;
  /** What a choice is in the fact's data, where it is no text. */
  is?: 'number' | 'truth';
  value?: string;
  optional?: boolean;
}

/** What is wrong with one field. */
export interface Fault {
  field: string;
  text: string;
}

export const idOf = ({ name }: Pick<Field, 'name'>): string => `field-${name}`;

/**
 * What stands in the fields as a fact's data has it, or the first fault. A clock is that on the wall of the covered area,
 * wherever the browser is.
 */
export function read(
  fields: readonly Field[],
  textOf: (field: Field) => string,
  t: Translator,
  times: Times,
): { values: Record<string, unknown> } | { fault: Fault } {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const text = textOf(field).trim();
    const fault = faultOf(field, text, t, times);
    if (fault !== null) return { fault: { field: field.name, text: fault } };
    if (text === '') continue;
    values[field.name] = dataOf(field, text, times);
  }
  return { values };
}

function dataOf(field: Field, text: string, times: Times): unknown {
  if (isNumber(field) || field.is === 'number') return Number(text);
  if (field.is === 'truth') return text === 'true';
  const instant = field.kind === 'instant' ? times.parse(text) : null;
  return instant === null ? text : new Date(instant).toISOString();
}

const isNumber = ({ kind }: Field): boolean => kind === 'integer' || kind === 'decimal';

function faultOf(field: Field, text: string, t: Translator, times: Times): string | null {
  if (text === '') return field.optional ? null : t('fault.field-missing');
  const { kind, min = -Infinity, max = Infinity, from, to } = field;
  const number = Number(text);
  if ((kind === 'integer' && !Number.isInteger(number)) || (isNumber(field) && !(number >= min && number <= max)))
    return t('fault.range', { min, max });
  const instant = kind === 'instant' ? times.parse(text) : null;
  if (instant === null || from === undefined || to === undefined) return null;
  const isWithin = instant >= Date.parse(from) && instant < Date.parse(to);
  return isWithin ? null : t('fault.time-range', { from: times.exact(from), to: times.exact(to) });
}

interface FieldRowProps {
  field: Field;
  /** What is wrong with it; empty: nothing. */
  fault: string;
  household: Pick<HouseholdDetail, 'members'>;
  t: Translator;
}

/** A field with its label and room for what is wrong with it. */
export function FieldRow({ field, fault, household, t }: FieldRowProps) {
  const id = idOf(field);
  const label = t(field.label ?? (`field.${field.name}` as MessageKey));
  return (
    <label for={id}>
      <span>{field.optional ? t('field.optional', { field: label }) : label}</span>
      <Control field={field} isFaulty={fault !== ''} members={household.members ?? []} t={t} />
      <span class="field-fault" id={`${id}-fault`}>
        {fault}
      </span>
    </label>
  );
}

function Control({
  field,
  isFaulty,
  members,
  t,
}: {
  field: Field;
  isFaulty: boolean;
  members: string[];
  t: Translator;
}) {
  const id = idOf(field);
  const shared = { id, 'aria-describedby': `${id}-fault`, 'aria-invalid': isFaulty || undefined };
  if (field.kind === 'choice')
    return (
      <select {...shared}>
        {field.choices!.map((choice) => (
          <option key={choice} value={choice} selected={choice === field.value}>
            {t(`${field.words}.${choice}` as MessageKey)}
          </option>
        ))}
      </select>
    );
  if (field.kind === 'member')
    return (
      <select {...shared}>
        {field.optional ? <option value="">{t('field.everyone')}</option> : null}
        {members.map((code, index) => (
          <option key={code} value={code} selected={code === field.value}>
            {t('household.member', { n: index + 1 })}
          </option>
        ))}
      </select>
    );
  if (field.kind === 'instant')
    return <input {...shared} type="datetime-local" defaultValue={field.value} autocomplete="off" />;
  return (
    <input
      {...shared}
      type="text"
      defaultValue={field.value}
      maxlength={field.kind === 'text' ? field.max : undefined}
      inputmode={field.kind === 'integer' ? 'numeric' : field.kind === 'decimal' ? 'decimal' : undefined}
      autocomplete="off"
    />
  );
}
