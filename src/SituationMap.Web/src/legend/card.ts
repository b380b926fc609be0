import { type GridSummary, type Status, statuses } from '../api/types';
import { h, replaceContent } from '../dom';
import type { Menu } from '../frame/menu';
import { Signal } from '../frame/signal';
import type { Moment } from '../frame/time';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import type { LiveState } from '../live/connection';
import { throttle } from '../live/throttle';
import { letters } from '../theme/theme';

/** The id of the situation in a sentence, which describes the map to those who hear it. */
export const situationInWords = 'situation-words';

const sayEvery = 60_000; // ms; whoever listens is not to hear every change

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
  /** The buttons at its foot; null on a wall. */
  menu: Menu | null;
}

/** The card at the left: where, how current, how many. */
export class Card {
  readonly #time = h('span', { class: 'time' });
  readonly #connection = h('p', { class: 'connection', 'data-state': 'connecting' });
  readonly #counts = h('div', { class: 'counts' });
  readonly #details = h('div', { class: 'details' });
  readonly #words = h('p', { class: 'unseen', id: situationInWords, role: 'status' });
  readonly #say = throttle(
    0,
    async () => {
      this.#words.textContent = this.#sentence;
    },
    () => sayEvery,
  );
  #sentence = '';
  readonly #parts = h('div', {});
  readonly askedForUnsurveyed = new Signal();
  /** What was counted last, after the card shows it. */
  readonly summarised = new Signal<GridSummary>();
  readonly #fold: HTMLButtonElement;
  #shape = '';

  constructor(
    private readonly element: HTMLElement,
    private readonly parts: CardParts,
  ) {
    const { t, name, folds, menu } = parts;
    this.#fold = h('button', {
      class: 'icon fold',
      type: 'button',
      'aria-controls': 'card-body',
      onclick: () => (this.folded = !this.folded),
    });
    element.setAttribute('aria-label', t('card.label'));
    element.append(
      h('header', {}, h('h2', {}, name), this.#fold),
      this.#connection,
      this.#counts,
      this.#words,
      h('div', { id: 'card-body' }, this.#details, this.#parts, ...folds),
      menu?.element ?? '',
    );
    this.folded = matchMedia('(max-width: 640px)').matches;
    this.connection('connecting', null);
  }

  /**
   * @param instant the time the map shows, in ms since 1970; null when nothing was shown yet
   * @param moment the past moment that is shown instead of the present
   */
  connection(state: LiveState, instant: number | null, moment: Moment | null = null): void {
    const { t, times } = this.parts;
    // Seconds tell how old it is. While it is the present they would tell nothing, and make the page draw itself each second.
    const clock =
      moment !== null
        ? times.exact(moment.at)
        : instant === null
          ? ''
          : state === 'live'
            ? times.minute(instant)
            : times.clock(instant);
    const shape = moment !== null ? `past ${moment.known}` : `${state} ${instant === null}`;
    if (shape !== this.#shape) {
      this.#shape = shape;
      const words =
        moment !== null
          ? t(`live.past.${moment.known}`, { time: '\n' })
          : state === 'live'
            ? t('live.now', { time: '\n' })
            : instant === null
              ? t(`live.${state}`)
              : t('live.shown', { state: t(`live.${state}`), time: '\n' });
      const [before, after] = words.split('\n');
      this.#connection.dataset.state = moment !== null ? 'past' : state;
      this.#connection.replaceChildren(
        h('span', { class: 'dot', 'aria-hidden': 'true' }),
        before ?? '',
        ...(after === undefined ? [] : [this.#time, after]),
      );
    }
    if (this.#time.textContent !== clock) this.#time.textContent = clock;
  }

  summary(summary: GridSummary): void {
    const { t, name } = this.parts;
    this.#counts.replaceChildren(
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, t('card.counts')),
        h(
          'thead',
          { class: 'unseen' },
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, t('card.status')),
            h('th', { scope: 'col' }, t('unit.households.word')),
            h('th', { scope: 'col' }, t('card.change')),
          ),
        ),
        h(
          'tbody',
          {},
          ...statuses.map((status) =>
            h(
              'tr',
              { 'data-status': status },
              h('th', { scope: 'row' }, chip(status), t(`status.${status}`)),
              h(
                'td',
                { class: 'number' },
                h('b', {}, t.number(summary[status])),
                h('span', { class: 'unit' }, t('unit.households.word')),
              ),
              h('td', { class: 'change', title: t('card.change') }, signed(summary.change24h[status], t)),
            ),
          ),
        ),
      ),
    );
    replaceContent(
      this.#details,
      h(
        'dl',
        {},
        h(
          'dt',
          { title: t('card.unsurveyed.hint') },
          h('span', { class: 'chip unsurveyed', 'aria-hidden': 'true' }),
          t('card.unsurveyed'),
        ),
        h(
          'dd',
          { 'data-count': 'unsurveyed' },
          h(
            'button',
            {
              type: 'button',
              class: 'link',
              'data-key': 'unsurveyed',
              title: t('card.unsurveyed.show'),
              onclick: () => this.askedForUnsurveyed.tell(),
            },
            t.households(summary.households - summary.surveyed),
          ),
        ),
      ),
      h(
        'p',
        { class: 'total' },
        t('card.total', { households: t.households(summary.households), persons: t.persons(summary.persons) }),
      ),
    );
    this.#sentence = t('card.words', {
      place: name,
      households: t.households(summary.households),
      unsurveyed: t.households(summary.households - summary.surveyed),
      ...Object.fromEntries(statuses.map((status) => [status, t.number(summary[status])])),
    });
    this.#say();
    this.summarised.tell(summary);
  }

  /** Adds a part below the counts, such as the layers. */
  put(part: HTMLElement): void {
    this.#parts.append(part);
  }

  /** There is nothing in the store yet; `begin` is what brings the first in, for those who may. */
  empty(begin: { label: string; run: () => void } | null): void {
    replaceContent(
      this.#details,
      h('p', { class: 'hint' }, this.parts.t('card.empty')),
      begin &&
        h(
          'div',
          { class: 'begin' },
          h('button', { type: 'button', class: 'primary', onclick: begin.run }, begin.label),
        ),
    );
  }

  /** The counts could not be fetched; what stands there may be old. */
  summaryFailed(): void {
    if (this.#counts.childElementCount === 0)
      this.#counts.replaceChildren(h('p', { class: 'hint' }, this.parts.t('card.counts.failed')));
  }

  /** Whether only the counts are shown. */
  get folded(): boolean {
    return this.element.classList.contains('folded');
  }

  set folded(folded: boolean) {
    this.element.classList.toggle('folded', folded);
    this.#fold.setAttribute('aria-expanded', String(!folded));
    this.#fold.setAttribute('aria-label', this.parts.t(folded ? 'card.unfold' : 'card.fold'));
  }
}

/** +3, −5 with a true minus; nothing for no change. */
export function signed(n: number, t: Translator): string {
  return n === 0 ? '' : `${n > 0 ? '+' : '−'}${t.number(Math.abs(n))}`;
}
