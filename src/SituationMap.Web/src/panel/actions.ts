import { ApiError, api } from '../api/client';
import { type Because, type Fact, type HouseholdDetail, type HouseholdStatus, statuses } from '../api/types';
import { h } from '../dom';
import type { Viewer } from '../frame/viewer';
import type { MessageKey } from '../i18n/messages';
import { type Field, fields } from './fields';
import './actions.css';

/** What can be done about a household: report something, order, release, decide otherwise. */
export interface Actions {
  household: string;
  element: HTMLElement;
  /** Whether a form is open. */
  isOpen: boolean;
  /** The button that ends an order early; null where the reason is no order. */
  release: (because: Because) => HTMLElement | null;
  /** The button with which a second person confirms a decision; whoever made it is told that it takes another one. */
  confirm: (pending: HouseholdStatus['pending'][number]) => HTMLElement;
  /** The button that reports what is overdue. */
  makeUp: (overdue: HouseholdStatus['overdue'][number]) => HTMLElement | null;
}

interface Form {
  kind: string;
  title: MessageKey;
  /** What sending it will do. */
  does: MessageKey;
  fields: Field[];
  /** Further data, not asked for. */
  data?: Record<string, unknown>;
}

const risks: Field = { name: 'risk', kind: 'choice', choices: ['low', 'medium', 'high'], words: 'report.risk' };
const person: Field = { name: 'person', kind: 'member' };
/** Left empty it is now. */
const when: Field = { name: 'at', kind: 'instant', optional: true };

const forms: Form[] = [
  {
    kind: 'survey',
    title: 'report.survey',
    does: 'report.survey.does',
    fields: [
      { name: 'members', kind: 'integer', min: 0, max: 99 },
      { name: 'present', kind: 'integer', min: 0, max: 99, optional: true },
    ],
  },
  {
    kind: 'temperature',
    title: 'report.temperature',
    does: 'report.temperature.does',
    fields: [person, { name: 'celsius', kind: 'decimal', min: 30, max: 45 }, when],
  },
  {
    kind: 'test',
    title: 'report.test',
    does: 'report.test.does',
    fields: [
      person,
      { name: 'result', kind: 'choice', choices: ['negative', 'positive'], words: 'report.result' },
      when,
    ],
  },
  {
    kind: 'returned',
    title: 'report.returned',
    does: 'report.returned.does',
    fields: [{ ...person, optional: true }, { name: 'from', kind: 'text', max: 100, optional: true }, risks, when],
  },
  {
    kind: 'departed',
    title: 'report.departed',
    does: 'report.departed.does',
    fields: [{ ...person, optional: true }, { name: 'to', kind: 'text', max: 100, optional: true }, when],
  },
  {
    kind: 'order',
    title: 'report.order',
    does: 'report.order.does',
    fields: [
      { name: 'measure', kind: 'choice', choices: ['quarantine', 'observation'], words: 'report.measure' },
      { name: 'days', kind: 'integer', min: 1, max: 365, value: '14' },
    ],
  },
  {
    kind: 'override',
    title: 'report.override',
    does: 'report.override.does',
    fields: [
      { name: 'status', kind: 'choice', choices: [...statuses], words: 'status' },
      { name: 'reason', kind: 'text', max: 500 },
      { name: 'until', kind: 'instant', optional: true },
    ],
  },
];

/** @param done called when something was stored */
export function householdActions(
  { t, times, notices, session }: Viewer,
  household: HouseholdDetail,
  done: () => void,
): Actions {
  const source = `person:${session.name ?? 'local'}`;
  const place = h('div', { class: 'form-place' });
  const buttons = forms.map((form) =>
    h(
      'button',
      {
        type: 'button',
        'data-key': `report-${form.kind}`,
        'data-report': form.kind,
        onclick: (event: Event) => open(form, event.currentTarget as HTMLElement),
      },
      t(form.title),
    ),
  );
  const actions: Actions = {
    household: household.household,
    element: h(
      'section',
      { class: 'actions' },
      h('h3', {}, t('report.heading')),
      h('div', { class: 'buttons' }, ...buttons),
      place,
    ),
    isOpen: false,
    release: (because) =>
      because.rule !== 'order' || because.fact === null
        ? null
        : offer('report.release', {
            kind: 'release',
            title: 'report.release',
            does: 'report.release.does',
            fields: [],
            data: { order: because.fact },
          }),
    confirm: (pending) =>
      pending.source === source
        ? h('p', { class: 'second' }, t('report.confirm.own'))
        : offer('report.confirm', {
            kind: 'override',
            title: 'report.confirm',
            does: 'report.confirm.does',
            fields: [{ name: 'reason', kind: 'text', max: 500 }],
            data: {
              status: pending.status,
              confirms: pending.fact,
              ...(pending.until === null ? {} : { until: pending.until }),
            },
          }),
    makeUp: ({ what, person: member, rule, from, due }) => {
      const form = forms.find(({ kind }) => kind === what);
      // a test can be made up for; a reading is of the time in which it was due
      const within: Field = rule === null ? { ...when, label: 'field.at.due', optional: false, from, to: due } : when;
      return form
        ? offer('report.make-up', {
            ...form,
            fields: form.fields.map((field) =>
              field === when ? within : field === person && member !== null ? { ...person, value: member } : field,
            ),
          })
        : null;
    },
  };
  return actions;

  function offer(label: MessageKey, form: Form): HTMLElement {
    return h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'data-report': form.kind,
        onclick: (event: Event) => open(form, event.currentTarget as HTMLElement),
      },
      t(label),
    );
  }

  function open(form: Form, opener: HTMLElement): void {
    const asked = fields(form.fields, household, t, times);
    const trouble = h('p', { class: 'field-fault', role: 'alert' });
    const send = h('button', { type: 'submit', class: 'primary' }, t('report.send'));
    // chosen once, so that sending it twice stores it once
    const id = crypto.randomUUID();
    const element = h(
      'form',
      {
        novalidate: true,
        'aria-label': t(form.title),
        onsubmit: async (event: Event) => {
          event.preventDefault();
          trouble.textContent = '';
          const values = asked.read();
          if (values === null) return;
          send.disabled = true;
          const { person: member, at, ...data } = values;
          const fact: Fact = {
            id,
            kind: form.kind,
            household: household.household,
            at: typeof at === 'string' ? at : new Date().toISOString(),
            source,
            data: { ...form.data, ...data },
            ...(typeof member === 'string' ? { person: member } : {}),
          };
          try {
            await api.report(fact);
            close();
            notices.show(
              t(form.title === 'report.override' ? 'report.stored.proposed' : 'report.stored', { what: t(form.title) }),
              4_000,
            );
            done();
          } catch (error) {
            send.disabled = false;
            if (!(error instanceof ApiError)) throw error;
            const field = error.field?.replace(/^data\./, '') ?? null;
            if (field === null || error.code === null || !asked.fault(field, error.code))
              trouble.textContent = t(refusal(error));
          }
        },
        onkeydown: (event: KeyboardEvent) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          close();
        },
      },
      h('h4', {}, t(form.title)),
      h('p', { class: 'second' }, t(form.does)),
      ...asked.elements,
      trouble,
      h(
        'div',
        { class: 'buttons' },
        send,
        h('button', { type: 'button', class: 'quiet', onclick: () => close() }, t('report.cancel')),
      ),
    );
    const close = () => {
      actions.isOpen = false;
      place.replaceChildren();
      if (opener.isConnected) opener.focus();
    };
    actions.isOpen = true;
    place.replaceChildren(element);
    element.scrollIntoView({ block: 'nearest' });
    (element.querySelector<HTMLElement>('input, select, textarea') ?? send).focus();
  }
}

function refusal({ status }: ApiError): MessageKey {
  if (status === null) return 'report.unreachable';
  if (status === 401 || status === 403) return 'report.refused';
  return status === 422 || status === 400 ? 'report.rejected' : 'report.trouble';
}
