import { api } from '../api/client';
import type { Because, HistoryChange, HistoryPage, HouseholdDetail, HouseholdStatus } from '../api/types';
import { h } from '../dom';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { chip } from '../legend/card';
import type { Actions } from './actions';
import type { Members } from './members';

/** One household: its status, from when to when, why, and what changed. */
export function householdView(
  household: HouseholdDetail,
  status: HouseholdStatus,
  history: HistoryPage,
  actions: Actions | null,
  members: Members | null,
  t: Translator,
  times: Times,
): HTMLElement {
  return h(
    'div',
    { class: 'household' },
    h(
      'div',
      { class: `status-line ${status.status}`, 'data-status': status.status },
      chip(status.status, true),
      h(
        'div',
        {},
        h('p', { class: 'status-name' }, t(`status.${status.status}`)),
        h(
          'p',
          { class: 'second' },
          `${t.persons(household.persons)} · ${t(status.surveyed ? 'household.surveyed' : 'household.unsurveyed')}`,
        ),
      ),
    ),
    status.since === null && status.until === null
      ? null
      : h(
          'dl',
          { class: 'span' },
          h('dt', {}, t('household.since')),
          h('dd', {}, status.since === null ? '–' : times.since(status.since)),
          h('dt', {}, t('household.until')),
          h('dd', {}, status.until === null ? t('household.open') : times.until(status.until)),
        ),
    h('section', { class: 'why' }, h('h3', {}, t('household.why')), reasons(status, actions, t, times)),
    status.pending.length === 0
      ? null
      : h(
          'section',
          { class: 'open-items' },
          h('h3', {}, t('household.pending')),
          h(
            'ul',
            {},
            ...status.pending.map((item) =>
              h('li', {}, h('p', {}, item.words[t.language] ?? ''), actions?.confirm(item) ?? null),
            ),
          ),
        ),
    status.overdue.length === 0
      ? null
      : h(
          'section',
          { class: 'open-items' },
          h('h3', {}, t('household.overdue')),
          h(
            'ul',
            {},
            ...status.overdue.map((item) =>
              h(
                'li',
                {},
                h('p', {}, whose(item.person, household, t), item.words[t.language] ?? ''),
                actions?.makeUp(item) ?? null,
              ),
            ),
          ),
        ),
    members?.element ?? null,
    actions?.element ?? null,
    h('section', { class: 'history' }, h('h3', {}, t('household.history')), changes(history, t, times)),
  );
}

/** Which member, as the forms call them, where there are several. */
function whose(person: string | null, { members }: HouseholdDetail, t: Translator): string {
  return person === null || !members || members.length < 2
    ? ''
    : t('household.overdue.of', { member: t('household.member', { n: members.indexOf(person) + 1 }) });
}

function reasons(status: HouseholdStatus, actions: Actions | null, t: Translator, times: Times): HTMLElement {
  if (status.because.length === 0)
    return h('p', {}, t(status.surveyed ? 'household.why.healthy' : 'household.why.healthy.unsurveyed'));
  return h(
    'ul',
    {},
    ...status.because.map((because, index) =>
      h(
        'li',
        {},
        h('p', { class: 'words' }, because.words[t.language] ?? ''),
        h(
          'details',
          {},
          h('summary', { 'data-key': `evidence-${index}` }, t('household.evidence')),
          ...evidence(because, status.edition, t, times),
        ),
        actions?.release(because) ?? null,
      ),
    ),
  );
}

function evidence(because: Because, edition: string, t: Translator, times: Times): HTMLElement[] {
  const lines = [
    t('household.evidence.rule', { edition, rule: t.or(`rule.${because.rule}`, because.rule) }),
    because.to === null
      ? t('household.evidence.from', { from: times.since(because.from) })
      : t('household.evidence.period', { from: times.since(because.from), to: times.until(because.to) }),
    because.fact === null ? null : t('household.evidence.fact', { fact: because.fact.slice(0, 8) }),
    because.zone === null
      ? null
      : t('household.evidence.zone', { zone: because.zone, version: because.zoneVersion ?? 1 }),
  ];
  return lines.filter((line) => line !== null).map((line) => h('p', { class: 'second' }, line));
}

function changes(page: HistoryPage, t: Translator, times: Times): HTMLElement {
  if (page.changes.length === 0) return h('p', { class: 'second' }, t('household.history.none'));
  const list = h('ol', {});
  const frame = h('div', {}, list);
  const add = ({ changes: rows, next }: HistoryPage) => {
    list.append(...rows.map((change) => row(change, t, times)));
    if (next === null) return;
    const more = h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        onclick: async () => {
          more.disabled = true;
          try {
            const further = await api.more(next);
            more.remove();
            add(further);
          } catch {
            // stays to be pressed again
            more.disabled = false;
          }
        },
      },
      t('household.history.more'),
    );
    frame.append(more);
  };
  add(page);
  return frame;
}

function row(change: HistoryChange, t: Translator, times: Times): HTMLElement {
  return h(
    'li',
    {},
    h(
      'span',
      { class: 'what' },
      chip(change.status),
      t(`status.${change.status}`),
      change.until === null
        ? null
        : h('span', { class: 'second' }, t('household.history.until', { until: times.until(change.until) })),
    ),
    h('time', { datetime: change.at }, times.moment(change.at)),
  );
}
