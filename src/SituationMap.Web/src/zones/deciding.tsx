import { signal } from '@preact/signals';
import type { Viewer } from '../frame/parts';
import { type Zone, zoneApi } from './api/client';
import { type DecidedZone, Decision, isDecided } from './panel/decision';

/** Seconds in which what changes a zone in force can be taken back. */
const takeBackSeconds = 10;
/** The steps that do. */
const changing: readonly string[] = ['approve', 'end', 'lower', 'rollback', 'split'];

/** What a step is sent with so that it can be taken back; null: it takes effect at once, for it changes nothing in force. */
export const waitsFor = (step: string, body: Record<string, unknown>): { delaySeconds: number } | null =>
  changing.includes(step) && body.forApproval !== true ? { delaySeconds: takeBackSeconds } : null;

/** How many versions were published, which each decision adds to once it is taken. */
const versionOf = ({ etag }: Zone): string => etag.slice(1, etag.indexOf('.'));

interface DecidingEvents {
  /** Does something, and says what speaks against it; `stale`: the zone has changed meanwhile. */
  try: (action: () => Promise<void>, stale: () => void) => Promise<void>;
  /** It has taken effect, or is taken back. */
  settled: (code: string) => void;
}

/** What was decided, here or by somebody else whose zone was opened, until it takes effect. */
export class Deciding {
  readonly #decided = signal<DecidedZone | null>(null);

  constructor(
    private readonly viewer: Viewer,
    private readonly events: DecidingEvents,
  ) {
    viewer.slots.put('notice', <this.View />);
  }

  show(zone: Zone): void {
    if (isDecided(zone)) this.#decided.value = zone;
  }

  private readonly View = () => {
    const { session, t, notices } = this.viewer;
    const zone = this.#decided.value;
    if (!zone) return null;
    const settle = () => {
      this.#decided.value = null;
      this.events.settled(zone.code);
    };
    const takeBack = async () => {
      await zoneApi.step(zone.code, 'take-back', zone.etag, {});
      notices.show(t('zones.takenBack'), 6_000);
      settle();
    };
    return (
      <Decision
        key={zone.etag}
        zone={zone}
        session={session}
        t={t}
        takeBack={() => void this.events.try(takeBack, settle)}
        settled={(now) => {
          notices.show(t(versionOf(now) === versionOf(zone) ? 'zones.decided.not' : 'zones.done'), 6_000);
          settle();
        }}
      />
    );
  };
}
