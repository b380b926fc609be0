import { type Because, type DueItem, type HouseholdStatus, statuses } from '../api/types';
import type { MessageKey } from '../i18n/messages';
import type { Field } from './fields';

/** What can be reported of a household, and what is asked for it. */
export interface Form {
  kind: string;
  title: MessageKey;
  /** What sending it will do. */
  does: MessageKey;
  fields: readonly Field[];
  /** Further data, not asked for. */
  data?: Record<string, unknown>;
}

const risks: Field = { name: 'risk', kind: 'choice', choices: ['low', 'medium', 'high'], words: 'report.risk' };
const person: Field = { name: 'person', kind: 'member' };
/** Left empty it is now. */
const when: Field = { name: 'at', kind: 'instant', optional: true };
const reason: Field = { name: 'reason', kind: 'text', max: 500 };

export const forms: readonly Form[] = [
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
    kind: 'contact',
    title: 'report.contact',
    does: 'report.contact.does',
    fields: [
      person,
      { name: 'degree', kind: 'choice', choices: ['1', '2'], words: 'report.degree', is: 'number' },
      { name: 'lastExposure', kind: 'instant' },
    ],
  },
  {
    kind: 'case',
    title: 'report.case',
    does: 'report.case.does',
    fields: [
      person,
      { name: 'confirmed', kind: 'choice', choices: ['true', 'false'], words: 'report.confirmed', is: 'truth' },
      when,
    ],
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
      reason,
      { name: 'until', kind: 'instant', optional: true },
    ],
  },
];

/** Ends an order early; null where the reason is no order. */
export const releaseOf = ({ rule, fact }: Because): Form | null =>
  rule !== 'order' || fact === null
    ? null
    : { kind: 'release', title: 'report.release', does: 'report.release.does', fields: [], data: { order: fact } };

/**
 * Takes a fact back that was wrong.
 * @param restores whether it is a retraction itself, so that what it took back counts again
 */
export const retractionOf = (fact: string, restores: boolean): Form => ({
  kind: 'retraction',
  title: restores ? 'report.restore' : 'report.retraction',
  does: restores ? 'report.restore.does' : 'report.retraction.does',
  fields: [reason],
  data: { fact },
});

/** A second person's word on a decision. */
export const confirmationOf = ({ status, fact, until }: HouseholdStatus['pending'][number]): Form => ({
  kind: 'override',
  title: 'report.confirm',
  does: 'report.confirm.does',
  fields: [reason],
  data: { status, confirms: fact, ...(until === null ? {} : { until }) },
});

/** Reports what is due now; null where there is no form for it. */
export const dueOf = (item: Doable): Form | null => formOf(item, when);

/** Reports what is overdue; null where there is no form for it. */
export const makeUpOf = (item: DueItem): Form | null =>
  // a test can be made up for; a reading is of the time in which it was due
  formOf(
    item,
    item.rule === null ? { ...when, label: 'field.at.due', optional: false, from: item.from, to: item.due } : when,
  );

/** Which kind of fact does it, and of whom. */
type Doable = Pick<DueItem, 'what' | 'person'>;

function formOf({ what, person: member }: Doable, at: Field): Form | null {
  const form = forms.find(({ kind }) => kind === what);
  return form
    ? {
        ...form,
        fields: form.fields.map((field) =>
          field === when ? at : field === person && member !== null ? { ...person, value: member } : field,
        ),
      }
    : null;
}
