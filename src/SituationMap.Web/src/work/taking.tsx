import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { v4 as uuid } from 'uuid';
import { ApiError, api } from '../api/client';
import type { HouseholdWork } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { refusal, sourceOf } from '../panel/report';

/** Who is to do what is to be done at a home; whoever reports takes all of it, or what he has taken is nobody's any more. */
export function Taking({
  household: { household, label, items },
  reports,
  viewer,
}: {
  household: HouseholdWork;
  reports: boolean;
  viewer: SessionParts;
}) {
  const { t, session } = viewer;
  const own = session.name ?? 'local';
  const listed = [...new Set(items.map(({ assignedTo }) => assignedTo))];
  const names = useSignal(listed.flatMap((name) => name ?? []));
  const isMine = names.value.includes(own);
  // a new one for each that is stored, so that sending it twice stores it once
  const id = useRef(uuid());
  const state = useSignal<'open' | 'sending'>('open');
  const fault = useSignal('');

  const assign = async (to: string | null) => {
    if (state.peek() !== 'open') return;
    state.value = 'sending';
    fault.value = '';
    try {
      await api.report({
        id: id.current,
        kind: 'assignment',
        household,
        person: null,
        at: new Date().toISOString(),
        source: sourceOf(viewer),
        data: { to },
      });
      id.current = uuid();
      names.value = to === null ? [] : [to];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fault.value = t(refusal(error));
    } finally {
      state.value = 'open';
    }
  };

  const act = t(isMine ? 'work.release' : 'work.take');
  return (
    <p class="taking">
      <span class="second" role="status">
        {names.value.length === 0 ? '' : t('work.taken', { name: names.value.join(t('work.and')) })}
      </span>
      {reports ? (
        <button type="button" aria-label={`${act} ${label}`} onClick={() => void assign(isMine ? null : own)}>
          {act}
        </button>
      ) : null}
      {fault.value === '' ? null : (
        <span class="field-fault" role="alert">
          {fault}
        </span>
      )}
    </p>
  );
}
