import { type ReadonlySignal, type Signal, useComputed } from '@preact/signals';
import type { RefObject } from 'preact';
import type { Moment } from '../frame/time';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { LineIcon } from '../theme/icons';

export const speeds = [60, 360, 1440, 10_080] as const; // minutes a second

interface TimelineProps {
  element: RefObject<HTMLElement | null>;
  slider: RefObject<HTMLInputElement | null>;
  /** Minutes from the slider's beginning to its end. */
  span: number;
  shown: ReadonlySignal<boolean>;
  position: Signal<number>;
  /** The instant at the position, ISO 8601. */
  at: ReadonlySignal<string>;
  known: Signal<Moment['known']>;
  speed: Signal<(typeof speeds)[number]>;
  playing: ReadonlySignal<boolean>;
  comparing: ReadonlySignal<boolean>;
  /** How much changed, day by day. */
  changes: ReadonlySignal<readonly number[]>;
  /** The day at the slider's beginning, in words. */
  first: ReadonlySignal<string>;
  t: Translator;
  times: Times;
  play: () => void;
  compare: () => void;
  /** Another instant, or what was known of it, was chosen. */
  changed: () => void;
  /** @param instant ms since 1970 */
  go: (instant: number) => void;
  close: () => void;
}

/**
 * The slider with what stands around it. Its fields follow their signals alone, so that nobody is disturbed who writes
 * into one.
 */
export function Timeline(props: TimelineProps) {
  const { element, slider, span, shown, position, at, known, speed, playing, comparing, changes, first } = props;
  const { t, times, play, compare, changed, go, close } = props;
  const words = useComputed(() => times.exact(at.value));
  return (
    <section id="timeline" ref={element} aria-label={t('replay.label')} hidden={!shown.value}>
      <div class="row">
        <button
          type="button"
          class="icon"
          aria-label={t(playing.value ? 'replay.pause' : 'replay.play')}
          title={t('replay.play')}
          onClick={play}
        >
          <LineIcon icon={playing.value ? 'pause' : 'play'} />
        </button>
        <select
          aria-label={t('replay.speed')}
          value={speed}
          onChange={(event) => {
            speed.value = speeds[event.currentTarget.selectedIndex]!;
          }}
        >
          {speeds.map((minutes) => (
            <option key={minutes} value={minutes}>
              {t(`replay.speed.${minutes}`)}
            </option>
          ))}
        </select>
        <input
          type="datetime-local"
          aria-label={t('replay.exact')}
          value={useComputed(() => times.input(at.value))}
          onChange={(event) => {
            const instant = times.parse(event.currentTarget.value);
            if (instant !== null) go(instant);
          }}
        />
        <select
          aria-label={t('replay.known')}
          value={known}
          onChange={(event) => {
            known.value = event.currentTarget.value as Moment['known'];
            changed();
          }}
        >
          {(['then', 'since'] as const).map((value) => (
            <option key={value} value={value}>
              {t(`replay.known.${value}`)}
            </option>
          ))}
        </select>
        <button type="button" aria-pressed={comparing.value} onClick={compare}>
          <LineIcon icon="split" />
          {t('replay.compare')}
        </button>
        <span class="gap" />
        <button type="button" onClick={close}>
          {t('replay.back')}
        </button>
      </div>
      <div class="track">
        <Bars changes={changes.value} />
        <input
          ref={slider}
          type="range"
          min={0}
          max={span}
          step={1}
          value={position}
          aria-label={t('replay.slider')}
          aria-valuetext={words}
          onInput={(event) => {
            position.value = Number(event.currentTarget.value);
            changed();
          }}
        />
      </div>
      <div class="ends">
        <span class="from">{first}</span>
        <p class="second hint">{words}</p>
        <span class="to">{t('live.live')}</span>
      </div>
    </section>
  );
}

/** A bar a day; by the root, so that a day of many leaves the others visible. */
function Bars({ changes }: { changes: readonly number[] }) {
  const most = Math.max(1, ...changes);
  const tall = (n: number) => (n === 0 ? 0 : 8 + 92 * Math.sqrt(n / most));
  return (
    <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 90 100">
      {changes.map((n, day) => (
        <rect key={day} x={day + 0.1} y={100 - tall(n)} width={0.8} height={tall(n)} />
      ))}
    </svg>
  );
}
