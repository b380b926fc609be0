import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { v4 as uuid } from 'uuid';
import { ApiError, api } from '../api/client';
import type { WorkItem } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { read } from '../panel/fields';
import { forms } from '../panel/forms';
import { refusal, sourceOf } from '../panel/report';

const celsius = forms.find(({ kind }) => kind === 'temperature')!.fields.filter(({ name }) => name === 'celsius');

interface ReadingProps {
  household: string;
  item: WorkItem;
  /** Whose and by when. */
  label: string;
  viewer: SessionParts;
  /** It is stored. */
  done: () => void;
}

/** A temperature that is due now: a number and Enter, and the next one has the focus. */
export function Reading({ household, item, label, viewer, done }: ReadingProps) {
  const { t, times } = viewer;
  const input = useRef<HTMLInputElement>(null);
  // chosen once, so that sending it twice stores it once
  const id = useRef(uuid());
  const fault = useSignal('');
  const state = useSignal<'open' | 'sending' | 'stored'>('open');

  const send = async (event: Event) => {
    event.preventDefault();
    if (state.peek() !== 'open') return;
    const asked = read(celsius, () => input.current!.value.replace(',', '.'), t, times);
    fault.value = 'fault' in asked ? asked.fault.text : '';
    if ('fault' in asked) return;
    state.value = 'sending';
    try {
      await api.report({
        id: id.current,
        kind: 'temperature',
        household,
        person: item.person!,
        at: new Date().toISOString(),
        source: sourceOf(viewer),
        data: asked.values,
      });
      nextOf(input.current!)?.focus();
      state.value = 'stored';
      done();
    } catch (error) {
      state.value = 'open';
      if (!(error instanceof ApiError)) throw error;
      fault.value = t(refusal(error));
    }
  };

  return (
    <form noValidate class={state.value} onSubmit={(event) => void send(event)}>
      <label>
        <span>{label}</span>
        <input
          ref={input}
          inputMode="decimal"
          enterkeyhint="next"
          autocomplete="off"
          placeholder="36.5"
          aria-label={`${label} ${t('field.celsius')}`}
          aria-invalid={fault.value !== ''}
          readOnly={state.value !== 'open'}
        />
        {state.value === 'stored' ? (
          <b role="status">{t('work.stored')}</b>
        ) : (
          <button type="submit">{t('report.send')}</button>
        )}
      </label>
      {fault.value === '' ? null : (
        <p class="field-fault" role="alert">
          {fault}
        </p>
      )}
    </form>
  );
}

/** The next reading of the list that is still open. */
function nextOf(input: HTMLInputElement): HTMLInputElement | undefined {
  const open = [...input.closest('.work-list')!.querySelectorAll<HTMLInputElement>('form:not(.stored) input')];
  return open[open.indexOf(input) + 1];
}
