import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Grids } from '../frame/grids';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';

export type Values = Record<string, string>;

interface LineFormProps {
  label: string;
  run: (values: Values) => Promise<boolean>;
  children: ComponentChildren;
}

/** Fields in a line with a button; empty again once it is done. */
export function LineForm({ label, run, children }: LineFormProps) {
  const sendIt = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    if (await run(values)) form.reset();
  };
  return (
    <form class="line" onSubmit={(event) => void sendIt(event)}>
      {children}
      <button type="submit">{label}</button>
    </form>
  );
}

export function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the content
    <label>
      <span>{label}</span>
      {children}
    </label>
  );
}

/** A grid by its name, those within another below it; or everywhere. */
export function GridField({ grids, t }: { grids: Grids; t: Translator }) {
  return (
    <Field label={t('access.grid')}>
      <select name="grid">
        <option value="">{t('access.everywhere')}</option>
        {grids.all.value.map(({ code, name }) => (
          <option key={code} value={code}>
            {'\u2003'.repeat(code.split('-').length - 1) + name}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** The end of a day that a field names, as the API has instants; null where it names none. */
export function endOfDay(day: string | undefined, times: Times): string | null {
  const instant = day ? times.parse(`${day}T23:59`) : null;
  return instant === null ? null : new Date(instant).toISOString();
}

interface SureProps {
  /** What it does. */
  label: string;
  /** What follows from it. */
  question: string;
  run: () => unknown;
  t: Translator;
}

/** A button for what cannot be undone, or ends somebody's work: it asks first. */
export function Sure({ label, question, run, t }: SureProps) {
  const asks = useSignal(false);
  const close = () => {
    asks.value = false;
  };
  if (!asks.value)
    return (
      <button
        type="button"
        class="link"
        onClick={() => {
          asks.value = true;
        }}
      >
        {label}
      </button>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: two buttons are no fields
    <span class="sure" role="group" aria-label={question}>
      <span>{question}</span>
      <button
        type="button"
        class="primary"
        ref={(button) => button?.focus()}
        onClick={() => {
          close();
          run();
        }}
      >
        {label}
      </button>
      <button type="button" onClick={close}>
        {t('admin.keep')}
      </button>
    </span>
  );
}

/** Nothing while it is not known. */
export function List({ none, children }: { none: string; children: ComponentChildren[] | undefined }) {
  return <div>{children && (children.length === 0 ? <p class="hint">{none}</p> : <ul>{children}</ul>)}</div>;
}
