import { statuses, type GridSummary, type Status } from '../api/types';
import { h, replaceContent } from '../dom';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import type { LiveState } from '../live/connection';
import { letters } from '../theme/theme';

/** The small square with a status's colour and letter. */
export function chip(status: Status, large = false): HTMLElement {
  return h('span', { class: `chip ${status}${large ? ' large' : ''}`, 'aria-hidden': 'true' }, letters[status]);
}

export interface CardParts {
  t: Translator;
  times: Times;
  name: string;
  /** Further folds, such as the background work. */
  folds: HTMLElement[];
  controls: HTMLElement[];
}

/** The card at the left: where, how current, how many. */
export class Card {
  readonly #time = h('span', { class: 'time' });
  readonly #connection = h('p', { class: 'connection', 'data-state': 'connecting' });
  readonly #counts = h('div', { class: 'counts' });
  readonly #details = h('div', { class: 'details' });
  readonly #fold: HTMLButtonElement;
  #state: LiveState = 'connecting';
  #shown: number | null = null;

  constructor(private readonly element: HTMLElement, private readonly parts: CardParts) {
    const { t, name, folds, controls } = parts;
    this.#fold = h('button', { class: 'icon fold', type: 'button', 'aria-controls': 'card-body', onclick: () => this.#toggle() });
    element.setAttribute('aria-label', t('card.label'));
    element.append(
      h('header', {}, h('h2', {}, name), this.#fold),
      this.#connection,
      this.#counts,
      h('div', { id: 'card-body' }, this.#details, ...folds, h('div', { class: 'controls' }, ...controls)),
    );
    this.#setFolded(matchMedia('(max-width: 640px)').matches);
    this.connection('connecting', null);
  }

  /** @param instant the time the map shows, in ms since 1970; null when nothing was shown yet */
  connection(state: LiveState, instant: number | null): void {
    const { t, times } = this.parts;
    const clock = instant === null ? '' : times.clock(instant);
    if (state !== this.#state || this.#connection.childElementCount === 0 || (instant === null) !== (this.#shown === null)) {
      const [before, after] = t('live.shown', { state: t(`live.${state}`), time: '\n' }).split('\n');
      this.#connection.dataset['state'] = state;
      this.#connection.replaceChildren(
        h('span', { class: 'dot', 'aria-hidden': 'true' }),
        ...(state === 'live' ? [t('live.live'), ' · ', this.#time] : instant === null ? [t(`live.${state}`)] : [before ?? '', this.#time, after ?? '']),
      );
    }
    if (this.#time.textContent !== clock) this.#time.textContent = clock;
    this.#state = state;
    this.#shown = instant;
  }

  summary(summary: GridSummary): void {
    const { t } = this.parts;
    this.#counts.replaceChildren(
      h('table', {},
        h('caption', { class: 'unseen' }, t('card.counts')),
        h('thead', { class: 'unseen' }, h('tr', {}, h('th', { scope: 'col' }, t('card.status')), h('th', { scope: 'col' }, t('unit.households.word')), h('th', { scope: 'col' }, t('card.change')))),
        h('tbody', {}, ...statuses.map((status) => h('tr', { 'data-status': status },
          h('th', { scope: 'row' }, chip(status), t(`status.${status}`)),
          h('td', { class: 'number' }, h('b', {}, t.number(summary[status])), h('span', { class: 'unit' }, t('unit.households.word'))),
          h('td', { class: 'change', title: t('card.change') }, signed(summary.change24h[status], t)),
        ))),
      ),
    );
    replaceContent(this.#details,
      h('dl', {},
        h('dt', { title: t('card.unsurveyed.hint') }, h('span', { class: 'chip unsurveyed', 'aria-hidden': 'true' }), t('card.unsurveyed')),
        h('dd', { 'data-count': 'unsurveyed' }, t.households(summary.households - summary.surveyed)),
        h('dt', {}, h('span', { class: 'chip post', 'aria-hidden': 'true' }, letters.checkpoint), t('card.checkpoints')),
        h('dd', {}, t('card.checkpoints.value', { n: summary.checkpoints, manned: summary.checkpointsManned })),
        h('dt', {}, h('span', { class: 'chip zone', 'aria-hidden': 'true' }), t('card.zones')),
        h('dd', {}, summary.zones.length === 0 ? t('card.zones.none') : h('ul', {}, ...summary.zones.map((zone) =>
          h('li', {}, zone.name, ' ', h('span', { class: 'second' }, t.or(`level.${zone.level}`, zone.level)))))),
      ),
      h('p', { class: 'total' }, t('card.total', { households: t.households(summary.households), persons: t.persons(summary.persons) })),
    );
  }

  /** There is nothing in the store yet. */
  empty(): void {
    replaceContent(this.#details, h('p', { class: 'hint' }, this.parts.t('card.empty')));
  }

  /** The counts could not be fetched; what stands there may be old. */
  summaryFailed(): void {
    if (this.#counts.childElementCount === 0) this.#counts.replaceChildren(h('p', { class: 'hint' }, this.parts.t('card.counts.failed')));
  }

  #toggle(): void {
    this.#setFolded(!this.element.classList.contains('folded'));
  }

  #setFolded(folded: boolean): void {
    this.element.classList.toggle('folded', folded);
    this.#fold.setAttribute('aria-expanded', String(!folded));
    this.#fold.setAttribute('aria-label', this.parts.t(folded ? 'card.unfold' : 'card.fold'));
  }
}

/** +3, −5 with a true minus; nothing for no change. */
function signed(n: number, t: Translator): string {
  return n === 0 ? '' : `${n > 0 ? '+' : '−'}${t.number(Math.abs(n))}`;
}
