import { useSignal } from '@preact/signals';
import type { Post } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { type Draft, hour, type Roster } from './roster';

const minute = 60_000;

/** Plans or changes a shift by keyboard, and says that somebody has come or gone. */
export function ShiftForm({
  draft,
  post,
  roster,
  viewer,
}: {
  draft: Draft;
  post: Post;
  roster: Roster;
  viewer: SessionParts;
}) {
  const { t, times } = viewer;
  const worker = useSignal(draft.worker);
  const from = useSignal(times.minute(draft.from));
  const to = useSignal(times.minute(draft.to));
  const fault = useSignal('');
  const { shift } = draft;
  const isHere = shift?.presences.at(-1)?.open === true;
  const mayTap = roster.isPresent && shift !== null && (roster.plans || shift.mine);
  const others = (post.shifts ?? []).filter((one) => one.id !== shift?.id && !one.cancelled);
  // whoever comes next, from the earliest overlap on
  const next = others.find((one) => shift && Date.parse(one.to) > Date.parse(shift.to) && one.presences.length === 0);

  const submit = async (event: Event) => {
    event.preventDefault();
    const begin = at(from.value, shift === null ? roster.from : draft.from - 12 * hour);
    const end = begin === null ? null : at(to.value, begin + minute);
    if (worker.value === '' || begin === null || end === null) {
      fault.value = t('duty.incomplete');
      return;
    }
    await roster.plan({ ...draft, worker: worker.value, from: begin, to: end });
  };

  /** The first instant from there on at which clocks show that time. */
  function at(text: string, after: number): number | null {
    const first = Math.ceil(after / minute) * minute;
    for (let n = 0; n < 24 * 60; n++) if (times.minute(first + n * minute) === text) return first + n * minute;
    return null;
  }

  return (
    <form class="shift" aria-label={t('duty.form', { post: post.name })} onSubmit={(event) => void submit(event)}>
      {roster.plans && roster.isPresent ? (
        <>
          <label>
            <span>{t('duty.worker')}</span>
            <select value={worker.value} onChange={(event) => (worker.value = event.currentTarget.value)}>
              <option value="" />
              {(roster.workers.value?.workers ?? []).map(({ code }) => (
                <option key={code} value={code}>
                  {code}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>{t('duty.from')}</span>
            <input type="time" value={from.value} onInput={(event) => (from.value = event.currentTarget.value)} />
          </label>
          <label>
            <span>{t('duty.to')}</span>
            <input type="time" value={to.value} onInput={(event) => (to.value = event.currentTarget.value)} />
          </label>
          <button type="submit">{t(shift === null ? 'duty.plan' : 'duty.change')}</button>
          {shift === null ? null : (
            <button type="button" onClick={() => void roster.cancel(draft.post, shift)}>
              {t('duty.cancel')}
            </button>
          )}
        </>
      ) : null}
      {mayTap && !isHere ? (
        <button type="button" onClick={() => void roster.arrive(draft.post, shift)}>
          {t('duty.arrive')}
        </button>
      ) : null}
      {mayTap && isHere ? (
        <button type="button" onClick={() => void roster.leave(draft.post, shift)}>
          {t('duty.leave')}
        </button>
      ) : null}
      {mayTap && isHere && next ? (
        <button type="button" onClick={() => void roster.handOver(draft.post, shift, next)}>
          {t('duty.hand', { worker: next.worker })}
        </button>
      ) : null}
      <button
        type="button"
        onClick={() => {
          roster.draft.value = null;
        }}
      >
        {t('duty.close')}
      </button>
      {fault.value === '' ? null : (
        <p class="field-fault" role="alert">
          {fault}
        </p>
      )}
    </form>
  );
}
