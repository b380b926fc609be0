import { useSignal } from '@preact/signals';
import { ApiError, api } from '../api/client';
import type { Acknowledgement, Change } from '../api/types';
import type { PageParts, SessionParts } from '../frame/parts';
import { may } from '../session/session';
import { LineIcon } from '../theme/icons';

/** The changes with who has taken note of them. */
export function acknowledged(changes: readonly Change[], by: readonly Acknowledgement[]): readonly Change[] {
  const found = new Map(by.map((one) => [one.change, one]));
  return changes.some(({ sequence }) => found.has(sequence))
    ? changes.map((change) => ({ ...change, acknowledged: found.get(change.sequence) ?? change.acknowledged }))
    : changes;
}

/** Whether whoever is at the page takes note of changes. */
export const mayAcknowledge = ({ session }: SessionParts): boolean => may(session, 'report') || may(session, 'plan');

/** As many as the server takes at once. */
const most = 1_000;

/** Takes note of changes; the page shows it before the feed tells of it. */
export async function acknowledge(
  { feed, notices, t }: SessionParts & PageParts,
  changes: readonly Change[],
): Promise<void> {
  try {
    const answer = await api.acknowledge(changes.slice(0, most).map(({ sequence }) => sequence));
    feed.acknowledged.emit(answer.acknowledgements);
  } catch (error) {
    const isOutside = error instanceof ApiError && error.status === 400;
    notices.show(t(isOutside ? 'acknowledge.refused' : 'acknowledge.failed'), 8_000);
  }
}

interface AcknowledgingProps {
  change: Change;
  viewer: SessionParts & PageParts;
}

/** Beside a change: who has taken note of it, or a button for whoever may. */
export function Acknowledging({ change, viewer }: AcknowledgingProps) {
  const { t, times, session } = viewer;
  const asking = useSignal(false);
  const by = change.acknowledged;
  if (by)
    return (
      <p class="acknowledged second">
        <LineIcon icon="check" />
        {t('acknowledge.by', {
          // whoever needs no account has no name that says anything
          account: by.account === session.name ? t('acknowledge.self') : by.account,
          time: times.moment(by.at),
        })}
      </p>
    );
  if (!mayAcknowledge(viewer)) return null;
  const run = async () => {
    asking.value = true;
    await acknowledge(viewer, [change]);
    asking.value = false;
  };
  return (
    <button
      type="button"
      class="icon acknowledge"
      aria-label={t('acknowledge.run')}
      title={t('acknowledge.run')}
      disabled={asking.value}
      onClick={() => void run()}
    >
      <LineIcon icon="check" />
    </button>
  );
}
