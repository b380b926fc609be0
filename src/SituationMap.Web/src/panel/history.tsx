import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { api } from '../api/client';
import type { HistoryChange, HistoryPage } from '../api/types';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { Chip } from '../theme/chip';

interface HistoryProps {
  first: HistoryPage;
  t: Translator;
  times: Times;
}

/** What changed, newest first; older pages on demand. */
export function History({ first, t, times }: HistoryProps) {
  const further = useSignal<readonly HistoryPage[]>([]);
  const asking = useSignal(false);
  useLayoutEffect(() => {
    if (further.peek().length > 0) further.value = [];
  }, [first]);
  const pages = [first, ...further.value];
  const next = pages.at(-1)!.next;
  const more = async (page: string) => {
    asking.value = true;
    try {
      further.value = [...further.peek(), await api.more(page)];
    } catch {
      // stays to be pressed again
    } finally {
      asking.value = false;
    }
  };
  return (
    <section class="history">
      <h3>{t('household.history')}</h3>
      {first.changes.length === 0 ? (
        <p class="second">{t('household.history.none')}</p>
      ) : (
        <div>
          <ol>
            {pages.flatMap(({ changes }) =>
              changes.map((change) => (
                <Row key={`${change.at} ${change.status}`} change={change} t={t} times={times} />
              )),
            )}
          </ol>
          {next === null ? null : (
            <button type="button" class="quiet" disabled={asking.value} onClick={() => void more(next)}>
              {t('household.history.more')}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function Row({ change: { at, status, until }, t, times }: { change: HistoryChange; t: Translator; times: Times }) {
  return (
    <li>
      <span class="what">
        <Chip status={status} />
        {t(`status.${status}`)}
        {until === null ? null : (
          <span class="second">{t('household.history.until', { until: times.until(until) })}</span>
        )}
      </span>
      <time dateTime={at}>{times.moment(at)}</time>
    </li>
  );
}
