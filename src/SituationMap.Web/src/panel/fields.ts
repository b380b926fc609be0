import type { HouseholdDetail } from '../api/types';
import { h } from '../dom';
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
  value?: string;
  optional?: boolean;
}

export interface Fields {
  elements: HTMLElement[];
  /** The values, or null where one is missing or wrong, which is then said beside it. */
  read: () => Record<string, unknown> | null;
  /** Says a fault of the server's beside its field; false where no field has that name. */
  fault: (name: string, code: string) => boolean;
}

/** The fields of a form, each with a label and room for what is wrong with it. */
export function fields(list: Field[], { members }: HouseholdDetail, t: Translator, times: Times): Fields {
  const rows = list.map((field) => {
    const id = `field-${field.name}`;
    const control = controlOf(field, id, members ?? [], t);
    const fault = h('span', { class: 'field-fault', id: `${id}-fault` });
    control.setAttribute('aria-describedby', fault.id);
    const label = t(field.label ?? (`field.${field.name}` as MessageKey));
    return {
      field,
      control,
      fault,
      element: h(
        'label',
        { for: id },
        h('span', {}, field.optional ? t('field.optional', { field: label }) : label),
        control,
        fault,
      ),
    };
  });
  const say = (row: (typeof rows)[number], text: string) => {
    row.fault.textContent = text;
    row.control.toggleAttribute('aria-invalid', text !== '');
    if (text !== '') row.control.focus();
  };
  return {
    elements: rows.map(({ element }) => element),
    read: () => {
      const values: Record<string, unknown> = {};
      for (const row of rows) {
        const text = row.control.value.trim();
        say(row, '');
        if (text === '') {
          if (row.field.optional) continue;
          say(row, t('fault.field-missing'));
          return null;
        }
        const { kind, min = -Infinity, max = Infinity } = row.field;
        const number = Number(text);
        if (
          (kind === 'integer' && !Number.isInteger(number)) ||
          ((kind === 'integer' || kind === 'decimal') && !(number >= min && number <= max))
        ) {
          say(row, t('fault.range', { min, max }));
          return null;
        }
        // a clock on the wall of the place, wherever the browser is
        const instant = kind === 'instant' ? times.parse(text) : null;
        const { from, to } = row.field;
        if (
          instant !== null &&
          from !== undefined &&
          to !== undefined &&
          !(instant >= Date.parse(from) && instant < Date.parse(to))
        ) {
          say(row, t('fault.time-range', { from: times.exact(from), to: times.exact(to) }));
          return null;
        }
        values[row.field.name] =
          kind === 'integer' || kind === 'decimal' ? number : instant !== null ? new Date(instant).toISOString() : text;
      }
      return values;
    },
    fault: (name, code) => {
      const row = rows.find(({ field }) => field.name === name);
      if (!row) return false;
      say(row, t.or(`fault.${code}`, t('fault.value-wrong')));
      return true;
    },
  };
}

function controlOf(field: Field, id: string, members: string[], t: Translator): HTMLInputElement | HTMLSelectElement {
  if (field.kind === 'choice')
    return h(
      'select',
      { id },
      ...field.choices!.map((choice) => h('option', { value: choice }, t(`${field.words}.${choice}` as MessageKey))),
    );
  if (field.kind === 'member') {
    return h(
      'select',
      { id },
      field.optional ? h('option', { value: '' }, t('field.everyone')) : null,
      ...members.map((code, index) =>
        h('option', { value: code, selected: code === field.value }, t('household.member', { n: index + 1 })),
      ),
    );
  }
  const type = field.kind === 'instant' ? 'datetime-local' : 'text';
  return h('input', {
    id,
    type,
    value: field.value,
    maxlength: field.kind === 'text' ? field.max : null,
    inputmode: field.kind === 'integer' ? 'numeric' : field.kind === 'decimal' ? 'decimal' : null,
    autocomplete: 'off',
  });
}
