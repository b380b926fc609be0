/** The words of rules: the names of languages are those of the API. */
export interface LocalText {
  'zh-CN': string;
  en: string;
}

export type PassKind = 'resident' | 'worker' | 'carer';
export type GateDirection = 'in' | 'out';
export type GateDecision = 'go' | 'stop' | 'refer';

/** One rule of a gate, as an edition of work has it. */
export interface GateRule {
  id: string;
  when?: {
    direction?: GateDirection;
    kinds?: readonly PassKind[];
    purpose?: 'doctor';
    stays?: boolean;
    celsiusOver?: number;
    /** Local times [from, to) such as 22:00, over midnight too. */
    between?: { from: string; to: string };
    /** Somebody of the household went out on this day or one of so many before it, this one counted. */
    outWithinDays?: number;
  };
  decision: GateDecision;
  words: LocalText;
}

/** Somebody at a gate, and what is known of his household. */
export interface AtGate {
  kind: PassKind;
  direction: GateDirection;
  purpose: 'none' | 'doctor';
  celsius: number | null;
  /** Whether nobody of the household goes out. */
  stays: boolean;
  /** What the clock on the wall shows, in minutes since 1970-01-01T00:00. */
  at: number;
  /** When somebody of the household went out, likewise, in any order. */
  outs: readonly number[];
}

const minutesOfDay = 24 * 60;

/** The rule that decides: the first that applies; the same function as GateRules.Evaluate of the server, to which a test holds it. */
export const evaluate = (rules: readonly GateRule[], person: AtGate): GateRule | null =>
  rules.find((rule) => applies(rule.when ?? {}, person)) ?? null;

function applies(when: NonNullable<GateRule['when']>, person: AtGate): boolean {
  const { direction, kinds, purpose, stays, celsiusOver, between, outWithinDays } = when;
  return (
    (direction === undefined || direction === person.direction) &&
    (kinds === undefined || kinds.length === 0 || kinds.includes(person.kind)) &&
    (purpose === undefined || purpose === person.purpose) &&
    (stays === undefined || stays === person.stays) &&
    (celsiusOver === undefined || (person.celsius !== null && person.celsius > celsiusOver)) &&
    (between === undefined || isBetween(minuteOf(person.at), minutes(between.from), minutes(between.to))) &&
    (outWithinDays === undefined || wentOut(person, outWithinDays))
  );
}

const isBetween = (minute: number, from: number, to: number): boolean =>
  from < to ? minute >= from && minute < to : minute >= from || minute < to;

// what a clock that runs ahead at another gate showed is of no past day
const wentOut = ({ at, outs }: AtGate, days: number): boolean =>
  outs.some((gone) => gone <= at && dayOf(at) - dayOf(gone) < days);

const dayOf = (at: number): number => Math.floor(at / minutesOfDay);

const minuteOf = (at: number): number => at - dayOf(at) * minutesOfDay;

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
