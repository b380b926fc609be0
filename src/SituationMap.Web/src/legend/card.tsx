import { computed, effect, signal } from '@preact/signals';
import { type GridSummary, type Look, looking, looks } from '../api/types';
import type { CardState } from '../frame/card';
import type { PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import { Chip } from '../theme/chip';
import { Figure } from '../ui/figure';
import { Sparkline } from '../ui/sparkline';
import { throttle } from '../ui/throttle';
import { Connection } from './connection';
import { trend } from './trend';

/** The id of the situation in a sentence, which describes the map to those who hear it. */
export const situationInWords = 'situation-words';

const sayEvery = 60_000; // ms; whoever listens is not to hear every change

/** The card at the left: where, how current, how many. */
export function legendCard({ slots, card, edges }: PageParts, session: SessionParts): void {
  const { t, times, name } = session;
  const { folded } = card;
  const words = signal('');
  const say = throttle(
    0,
    async () => {
      const summary = card.summary.peek();
      if (summary) words.value = inWords(summary, name, t);
    },
    () => sayEvery,
  );
  effect(() => {
    if (card.summary.value) say();
  });
  trend(card, session);
  const className = computed(() => (folded.value ? 'folded' : ''));
  const foldLabel = computed(() => t(folded.value ? 'card.unfold' : 'card.fold'));
  slots.put(
    'card',
    <section id="card" ref={edges.card} class={className} aria-label={t('card.label')}>
      <header>
        <h2>{name}</h2>
        <button
          type="button"
          class="icon fold"
          aria-controls="card-body"
          aria-expanded={computed(() => !folded.value)}
          aria-label={foldLabel}
          onClick={() => {
            folded.value = !folded.value;
          }}
        />
      </header>
      <Connection freshness={card.freshness} t={t} times={times} />
      <Counts card={card} t={t} />
      <p class="unseen" id={situationInWords} role="status">
        {words}
      </p>
      <div id="card-body">
        <Details card={card} t={t} />
        <div>{slots.within('layers')}</div>
      </div>
    </section>,
  );
}

function inWords(summary: GridSummary, name: string, t: Translator): string {
  return t('card.words', {
    name,
    households: t.households(summary.households),
    ...Object.fromEntries(looks.map((look) => [look, t.number(looking(summary, look))])),
  });
}

function Counts({ card, t }: { card: CardState; t: Translator }) {
  const summary = card.summary.value;
  return (
    <div class="counts">
      {summary ? (
        <table>
          <caption class="unseen">{t('card.counts')}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">{t('card.status')}</span>
              </th>
              <th scope="col">{t('unit.households.word')}</th>
              <th scope="col">{t('card.trend')}</th>
              <th scope="col" title={t('card.change')}>
                {t('card.change.head')}
              </th>
            </tr>
          </thead>
          <tbody>
            {looks.map((look) => (
              <Count key={look} look={look} summary={summary} card={card} t={t} />
            ))}
          </tbody>
        </table>
      ) : card.failed.value ? (
        <p class="hint">{t('card.counts.failed')}</p>
      ) : null}
    </div>
  );
}

interface CountProps {
  look: Look;
  summary: GridSummary;
  card: CardState;
  t: Translator;
}

function Count({ look, summary, card, t }: CountProps) {
  const values = card.trend.value?.get(look);
  const change = { ...summary.change24h, healthyUnsurveyed: summary.healthyUnsurveyedChange24h };
  return (
    <tr data-status={look}>
      <th scope="row" title={look === 'unvisited' ? t('card.unsurveyed.hint') : undefined}>
        <Chip status={look} />
        {t(`status.${look}`)}
      </th>
      <td class="number" data-count={look}>
        <button
          type="button"
          class="link"
          title={t('card.show', { status: t(`status.${look}`) })}
          onClick={() => card.asked.emit(look)}
        >
          <Figure text={t.number(looking(summary, look))} />
        </button>
      </td>
      <td class="trend">{values ? <Sparkline values={[...values, looking(summary, look)]} /> : null}</td>
      <td class="change" title={t('card.change')}>
        {signed(looking(change, look), t)}
      </td>
    </tr>
  );
}

/** Below the counts: their sum; or how to begin. */
function Details({ card, t }: { card: CardState; t: Translator }) {
  const summary = card.summary.value;
  const empty = card.empty.value;
  if (summary) {
    return (
      <div class="details">
        <p class="total">
          {t('card.total', { households: t.households(summary.households), persons: t.persons(summary.persons) })}
        </p>
      </div>
    );
  }
  return (
    <div class="details">
      {empty && <p class="hint">{t('card.empty')}</p>}
      {empty?.begin && (
        <div class="begin">
          <ol>
            {([1, 2, 3] as const).map((step) => (
              <li key={step}>{t(`card.empty.${step}`)}</li>
            ))}
          </ol>
          <button type="button" class="primary" onClick={empty.begin.run}>
            {empty.begin.label}
          </button>
        </div>
      )}
    </div>
  );
}

/** +3, −5 with a true minus; nothing for no change. */
export function signed(n: number, t: Translator): string {
  return n === 0 ? '' : `${n > 0 ? '+' : '−'}${t.number(Math.abs(n))}`;
}
