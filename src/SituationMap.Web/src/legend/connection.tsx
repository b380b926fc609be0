import { type ReadonlySignal, useComputed } from '@preact/signals';
import type { Freshness } from '../frame/card';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';

interface ConnectionProps {
  freshness: ReadonlySignal<Freshness>;
  t: Translator;
  times: Times;
}

/** How current the page is. It is told several times a second, and draws what differs. */
export function Connection({ freshness, t, times }: ConnectionProps) {
  const clock = useComputed(() => {
    const { state, instant, moment } = freshness.value;
    if (moment !== null) return times.exact(moment.at);
    // Seconds tell how old it is. While it is the present they would tell nothing, and make the page draw itself each
    // second.
    return instant === null ? '' : state === 'live' ? times.minute(instant) : times.clock(instant);
  });
  const state = useComputed(() => (freshness.value.moment !== null ? 'past' : freshness.value.state));
  const words = useComputed(() => sentence(freshness.value, t));
  const [before, after] = words.value.split('\n');
  return (
    <p class="connection" data-state={state}>
      <span class="dot" aria-hidden="true" />
      {before}
      {after === undefined ? null : (
        <>
          <span class="time">{clock}</span>
          {after}
        </>
      )}
    </p>
  );
}

/** With a line break where the time stands, if it has one. */
function sentence({ state, instant, moment }: Freshness, t: Translator): string {
  if (moment !== null) return t(`live.past.${moment.known}`, { time: '\n' });
  if (state === 'live') return t('live.now', { time: '\n' });
  return instant === null ? t(`live.${state}`) : t('live.shown', { state: t(`live.${state}`), time: '\n' });
}
