import type { DueZone } from '../api/types';
import { h } from '../dom';
import type { Translator } from '../i18n/messages';

/** When a zone may be lowered, what that rests on, and what would reset it. */
export function loweringClock(due: DueZone, t: Translator): HTMLElement {
  const said = (words: Record<string, string>) => words[t.language] ?? '';
  const head = due.words ? said(due.words) : t(due.isDue ? 'zones.due.now' : 'zones.due.later');
  return h(
    'section',
    { class: due.isDue ? 'lowering due' : 'lowering', 'data-due': String(due.isDue) },
    h('p', {}, head),
    due.evidence
      ? h(
          'ul',
          {},
          ...due.evidence.needs.map((need) =>
            h(
              'li',
              {},
              h('span', { 'aria-hidden': 'true' }, need.isMet ? '✓ ' : '○ '),
              h('span', { class: 'unseen' }, t(need.isMet ? 'zones.due.met' : 'zones.due.open')),
              said(need.words),
            ),
          ),
        )
      : null,
    h(
      'details',
      {},
      h('summary', {}, t('zones.due.resets')),
      h('ul', {}, ...due.resets.map((words) => h('li', {}, said(words)))),
    ),
  );
}
