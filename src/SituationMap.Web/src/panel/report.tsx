import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { v4 as uuid } from 'uuid';
import { ApiError, api } from '../api/client';
import type { Fact, HouseholdDetail } from '../api/types';
import type { PageParts, SessionParts } from '../frame/parts';
import type { MessageKey } from '../i18n/messages';
import { type Fault, FieldRow, idOf, read } from './fields';
import type { Form } from './forms';
import './report.css';

/** A form that is being filled in. */
export interface Report {
  /** The fact's, chosen once, so that sending it twice stores it once. */
  id: string;
  household: string;
  form: Form;
  /** What gets the focus back. */
  opener: HTMLElement;
}

/** Who reports, as facts name their source. */
export const sourceOf = ({ session }: SessionParts): string => `person:${session.name ?? 'local'}`;

interface ReportButtonProps {
  form: Form;
  household: string;
  report: Signal<Report | null>;
  label: string;
  quiet?: boolean;
}

/** A button that opens a form. */
export function ReportButton({ form, household, report, label, quiet = false }: ReportButtonProps) {
  return (
    <button
      type="button"
      class={quiet ? 'quiet' : undefined}
      data-report={form.kind}
      onClick={(event) => {
        report.value = { id: uuid(), household, form, opener: event.currentTarget };
      }}
    >
      {label}
    </button>
  );
}

interface ReportFormProps {
  open: Report;
  report: Signal<Report | null>;
  household: HouseholdDetail;
  viewer: SessionParts & PageParts;
  /** Something was stored. */
  done: () => void;
}

export function ReportForm({ open, report, household, viewer, done }: ReportFormProps) {
  const { t, times, notices } = viewer;
  const { form, opener } = open;
  const element = useRef<HTMLFormElement>(null);
  const fault = useSignal<Fault | null>(null);
  const trouble = useSignal('');
  const sending = useSignal(false);
  useLayoutEffect(() => {
    element.current!.scrollIntoView({ block: 'nearest' });
    element.current!.querySelector<HTMLElement>('input, select, textarea, [type=submit]')!.focus();
  }, []);

  const control = (field: { name: string }) =>
    element.current!.elements.namedItem(idOf(field)) as HTMLInputElement | HTMLSelectElement;
  const close = () => {
    report.value = null;
    if (opener.isConnected) opener.focus();
  };
  const say = (wrong: Fault) => {
    fault.value = wrong;
    control({ name: wrong.field }).focus();
  };
  const send = async (event: Event) => {
    event.preventDefault();
    trouble.value = '';
    fault.value = null;
    const asked = read(form.fields, (field) => control(field).value, t, times);
    if ('fault' in asked) {
      say(asked.fault);
      return;
    }
    sending.value = true;
    try {
      await api.report(factOf(open, asked.values, sourceOf(viewer)));
      close();
      const stored = form.isProposed ? 'report.stored.proposed' : 'report.stored';
      notices.show(t(stored, { what: t(form.title) }), 4_000);
      done();
    } catch (error) {
      sending.value = false;
      if (!(error instanceof ApiError)) throw error;
      const name = error.field?.replace(/^data\./, '') ?? null;
      const field = form.fields.find((one) => one.name === name);
      if (field && error.code !== null)
        say({ field: field.name, text: t.or(`fault.${error.code}`, t('fault.value-wrong')) });
      else trouble.value = t(refusal(error));
    }
  };

  return (
    <form
      ref={element}
      noValidate
      aria-label={t(form.title)}
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        close();
      }}
    >
      <h4>{t(form.title)}</h4>
      <p class="second">{t(form.does)}</p>
      {form.fields.map((field) => (
        <FieldRow
          key={field.name}
          field={field}
          fault={fault.value?.field === field.name ? fault.value.text : ''}
          household={household}
          t={t}
        />
      ))}
      <p class="field-fault" role="alert">
        {trouble}
      </p>
      <div class="buttons">
        <button type="submit" class="primary" disabled={sending.value}>
          {t('report.send')}
        </button>
        <button type="button" class="quiet" onClick={close}>
          {t('report.cancel')}
        </button>
      </div>
    </form>
  );
}

function factOf({ id, household, form }: Report, values: Record<string, unknown>, source: string): Fact {
  // a fact's own time is called at as well
  const { person, at, workplace, ...data } = values;
  const named: Record<string, unknown> = workplace === undefined ? {} : { at: workplace };
  return {
    id,
    kind: form.kind,
    household,
    at: typeof at === 'string' ? at : new Date().toISOString(),
    source,
    data: { ...form.data, ...data, ...named },
    ...(typeof person === 'string' ? { person } : {}),
  };
}

/** Why nothing was stored, in words. */
export function refusal({ status }: ApiError): MessageKey {
  if (status === null) return 'report.unreachable';
  if (status === 401 || status === 403) return 'report.refused';
  return status === 422 || status === 400 ? 'report.rejected' : 'report.trouble';
}
