import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { type Fault, FieldRow, idOf, read } from '../panel/fields';
import type { Form } from '../panel/forms';
import type { Said } from './phone';

interface FactFormProps {
  form: Form;
  members: string[];
  t: Translator;
  times: Times;
  /** Ends once it is on the phone for good. */
  save: (said: Said) => Promise<void>;
  close: () => void;
}

/** The viewer's fields of a kind of fact; what is filled in is kept before the form closes. */
export function FactForm({ form, members, t, times, save, close }: FactFormProps) {
  const element = useRef<HTMLFormElement>(null);
  const fault = useSignal<Fault | null>(null);
  const control = (name: string) =>
    element.current!.elements.namedItem(idOf({ name })) as HTMLInputElement | HTMLSelectElement;
  useLayoutEffect(() => {
    element.current!.scrollIntoView({ block: 'nearest' });
    element.current!.querySelector<HTMLElement>('input, select, [type=submit]')!.focus();
  }, []);
  const send = async (event: Event) => {
    event.preventDefault();
    const asked = read(form.fields, ({ name }) => control(name).value, t, times);
    fault.value = 'fault' in asked ? asked.fault : null;
    if ('fault' in asked) {
      control(asked.fault.field).focus();
      return;
    }
    const { person, at, ...data } = asked.values;
    await save({
      kind: form.kind,
      data: { ...form.data, ...data },
      ...(typeof person === 'string' ? { person } : {}),
      ...(typeof at === 'string' ? { at } : {}),
    });
    close();
  };
  return (
    <form ref={element} class="fact" noValidate aria-label={t(form.title)} onSubmit={(event) => void send(event)}>
      <h3>{t(form.title)}</h3>
      <p class="second">{t(form.does)}</p>
      {form.fields.map((field) => (
        <FieldRow
          key={field.name}
          field={field}
          fault={fault.value?.field === field.name ? fault.value.text : ''}
          household={{ members }}
          t={t}
        />
      ))}
      <div class="pair">
        <button type="submit" class="primary">
          {t('phone.keep')}
        </button>
        <button type="button" onClick={close}>
          {t('report.cancel')}
        </button>
      </div>
    </form>
  );
}
