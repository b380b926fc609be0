import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { ApiError } from '../api/client';
import type { MessageKey, Translator } from '../i18n/messages';

/** A field by the name that the server has for it. */
export interface FieldOf {
  name: string;
  label: MessageKey;
  hint?: MessageKey;
  /** Whether what is typed is not shown. */
  isSecret?: boolean;
  autocomplete: AutoFill;
}

interface FieldFormProps {
  t: Translator;
  fields: FieldOf[];
  /** One button for each; the first is what Enter does. */
  actions: { label: MessageKey; name: string }[];
  /** Whether the first field takes the focus, as where the form follows upon another. */
  focuses?: boolean;
  run: (values: Record<string, string>, action: string) => Promise<void>;
}

/** Fields below one another, each with what was wrong with it; empty again once it is done. */
export function FieldForm({ t, fields, actions, focuses = false, run }: FieldFormProps) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const sending = useSignal(false);
  const wrong = useSignal<{ field: string; words: string } | null>(null);
  const focus = (name: string) => (form.current?.elements.namedItem(name) as HTMLInputElement | null)?.focus();
  useLayoutEffect(() => {
    if (focuses) focus(fields[0]!.name);
  }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (sending.value) return;
    sending.value = true;
    wrong.value = null;
    const values = Object.fromEntries([...new FormData(form.current!)].map(([name, value]) => [name, String(value)]));
    try {
      await run(values, (event.submitter as HTMLButtonElement | null)?.value ?? actions[0]!.name);
      form.current?.reset();
    } catch (error) {
      const named = error instanceof ApiError ? error.field : null;
      const field = fields.find(({ name }) => name === named)?.name ?? fields[0]!.name;
      wrong.value = { field, words: faultOf(error, t) };
      focus(field);
    } finally {
      sending.value = false;
    }
  };
  return (
    <form class="fields" ref={form} onSubmit={(event) => void submit(event as SubmitEvent)}>
      {fields.map(({ name, label, hint, isSecret, autocomplete }) => {
        const words = wrong.value?.field === name ? wrong.value.words : '';
        const input = {
          id: `${id}-${name}`,
          name,
          autocomplete,
          autocapitalize: 'none',
          spellcheck: false,
          required: true,
          'aria-invalid': words !== '',
          'aria-describedby': `${id}-${name}-hint ${id}-${name}-wrong`,
        } as const;
        return (
          <div key={name}>
            <label for={`${id}-${name}`}>{t(label)}</label>
            {isSecret ? <input type="password" {...input} /> : <input type="text" {...input} />}
            <p class="hint" id={`${id}-${name}-hint`}>
              {hint ? t(hint) : ''}
            </p>
            <p class="message" id={`${id}-${name}-wrong`} role="alert">
              {words}
            </p>
          </div>
        );
      })}
      <p class="actions">
        {actions.map(({ label, name }, index) => (
          <button key={name} type="submit" value={name} class={index === 0 ? 'main' : ''} aria-disabled={sending.value}>
            {t(label)}
          </button>
        ))}
      </p>
    </form>
  );
}

/** What went wrong, in words. */
export function faultOf(error: unknown, t: Translator): string {
  const { status, code } = error instanceof ApiError ? error : { status: null, code: null };
  if (status === null) return t('access.unreachable');
  if (status === 401) return t('own.fault.ended');
  return t.or(`own.fault.${code}`, t('own.fault'));
}
