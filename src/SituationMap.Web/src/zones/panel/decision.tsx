import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Translator } from '../../i18n/messages';
import { may, type Session } from '../../session/session';
import { type Zone, zoneApi } from '../api/client';
import { nameOf } from './drawn';
import './decision.css';

const lookEvery = 250; // ms

/** What somebody decided of a zone, and how long it can still be taken back. */
export type DecidedZone = Zone & { decision: NonNullable<Zone['decision']> };

export const isDecided = (zone: Zone): zone is DecidedZone => zone.decision !== null;

interface DecisionProps {
  zone: DecidedZone;
  session: Session;
  t: Translator;
  takeBack: () => void;
  /** It has taken effect, or somebody has taken it back. */
  settled: (zone: Zone) => void;
}

/**
 * Stands over the map until the decision has taken effect, whatever panel is open: the server has it, so that leaving
 * the page changes nothing.
 */
export function Decision({ zone, session, t, takeBack, settled }: DecisionProps) {
  const { decision } = zone;
  const left = useSignal(decision.secondsLeft);
  useEffect(() => {
    const ends = performance.now() + decision.secondsLeft * 1000;
    let isAsking = false;
    const timer = setInterval(() => {
      left.value = Math.max(0, (ends - performance.now()) / 1000);
      if (left.value > 0 || isAsking) return;
      isAsking = true;
      zoneApi
        .one(zone.code)
        .then((now) => {
          if (!isDecided(now)) settled(now);
        })
        .catch(() => undefined) // the next look finds out
        .finally(() => {
          isAsking = false;
        });
    }, lookEvery);
    return () => clearInterval(timer);
  }, [zone.etag]);
  const seconds = Math.ceil(left.value);
  const what = { actor: decision.actor, name: nameOf(zone), step: t(`zones.decided.${decision.step as 'end'}`) };
  return (
    <section id="decision" aria-label={t('zones.decided')}>
      <p role="status">
        {t('zones.decided.what', what)}
        <span class="hint">{t('zones.decided.hint')}</span>
      </p>
      <progress max={decision.secondsLeft} value={left.value} aria-hidden="true" />
      <span class="seconds" role="timer">
        {seconds > 0 ? t('zones.decided.left', { n: seconds }) : t('zones.decided.now')}
      </span>
      {may(session, 'approve') && seconds > 0 && (
        <button type="button" class="strong" onClick={takeBack}>
          {t('zones.takeBack')}
        </button>
      )}
    </section>
  );
}
