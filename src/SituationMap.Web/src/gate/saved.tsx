import type { Saved } from '../offline/store';
import { directionOf, type Gate, type Passing } from './gate';

/** What this phone has recorded and the server has not: refused first, then what waits. */
export function SavedPage({ gate }: { gate: Gate }) {
  const { t, outbox } = gate;
  const [refused, waiting] = [outbox.refused.value, outbox.waiting.value];
  return (
    <article class="saved">
      <a class="back" href="#desk">
        {t('gate.saved.back')}
      </a>
      <h2>{t('gate.saved')}</h2>
      {waiting.length + refused.length === 0 ? <p>{t('phone.sent.all')}</p> : null}
      <ul>
        {refused.map((one) => (
          <li key={one.fact.id}>
            <Line gate={gate} one={one} />
            <p class="field-fault" lang="en">
              {`${t.or(`field.${one.refusal!.field}`, one.refusal!.field)}: ${t('phone.expected', { what: one.refusal!.expected })}`}
            </p>
            <button type="button" onClick={() => void outbox.discard(one.fact.id)}>
              {t('phone.discard')}
            </button>
          </li>
        ))}
        {waiting.map((one) => (
          <li key={one.fact.id}>
            <Line gate={gate} one={one} />
          </li>
        ))}
      </ul>
      {waiting.length === 0 ? null : (
        <button type="button" onClick={() => void gate.refresh()}>
          {t('phone.send')}
        </button>
      )}
    </article>
  );
}

function Line({ gate: { t, times, account }, one }: { gate: Gate; one: Saved<Passing> }) {
  const { fact, place } = one;
  const way = t.or(`gate.${directionOf(fact)}`, '');
  return (
    <span>
      {`${place} · ${way} · ${times.moment(fact.at)}`}
      {one.account === account ? '' : ` · ${t('phone.of', { name: one.account })}`}
    </span>
  );
}
