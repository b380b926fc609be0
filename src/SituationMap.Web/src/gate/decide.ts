import type { GatePack } from '../api/types';
import { type AtGate, evaluate, type GateDecision, type GateDirection, type GateRule, type LocalText } from './rules';
import { type Pass, type PassFault, type Place, readPass } from './token';

/** What stands on the screen about somebody. */
export interface Answer {
  decision: GateDecision;
  /** Why; null: nothing is said of it. */
  words: LocalText | null;
  /** The rule's id, or why a pass does not count: pass-held where that is not known; null: there are no rules. */
  rule: string | null;
  /** The pass, where it counts or is only of no use for going out. */
  pass: Pass | null;
}

/** Who stands there, beside what his pass says. */
export interface Asked {
  direction: GateDirection;
  purpose: AtGate['purpose'];
  celsius: number | null;
  /** What the clock on the wall shows, in minutes since 1970-01-01T00:00. */
  at: number;
}

/** Somebody of a household went out, as this phone has saved it. */
export interface OwnOut {
  /** The household's number. */
  home: number;
  /** As in `Asked`. */
  at: number;
}

const minutesOfDay = 24 * 60;
const epoch = Date.parse('2020-01-01T00:00Z') / 60_000;

/** Days since 1 January 2020. */
export const dayOf = (minutes: number): number => Math.floor((minutes - epoch) / minutesOfDay);

export const placeOf = ({ place, keys }: GatePack): Place => ({
  number: place,
  keys: new Map(keys.map(({ id, publicKey }) => [id, Uint8Array.from(atob(publicKey), (byte) => byte.charCodeAt(0))])),
});

const rulesOf = (pack: GatePack): readonly GateRule[] => pack.rules as GateRule[];

/** Decides about whoever shows a pass, without asking anybody. */
export async function decidePass(pack: GatePack, token: string, asked: Asked, own: readonly OwnOut[]): Promise<Answer> {
  const pass = await readPass(token, placeOf(pack), dayOf(asked.at));
  return typeof pass === 'string' ? refused(pack, pass) : decide(pack, pass, asked, own);
}

function decide(pack: GatePack, pass: Pass, asked: Asked, own: readonly OwnOut[]): Answer {
  const isHeld = pack.held.includes(pass.serial);
  const outs = [
    ...pack.outs
      .filter(({ serials }) => serials.includes(pass.serial))
      .map(({ day }) => Date.parse(`${day}T00:00Z`) / 60_000),
    ...own.filter(({ home }) => home === pass.household).map(({ at }) => at),
  ];
  // one that is of no use is as good as none, and why is not known here
  const kind = isHeld ? 'resident' : pass.kind;
  const rule = evaluate(rulesOf(pack), { ...asked, kind, stays: isHeld, outs });
  const isOfNoUse = isHeld && asked.direction === 'out' && asked.purpose === 'none' && rule?.decision !== 'refer';
  return isOfNoUse ? { decision: 'stop', words: null, rule: 'pass-held', pass } : said(rule, pass);
}

const refused = ({ refused }: GatePack, fault: PassFault): Answer => ({
  decision: 'stop',
  words: refused[fault] ?? null,
  rule: `pass-${fault}`,
  pass: null,
});

const said = (rule: GateRule | null, pass: Pass | null = null): Answer => ({
  decision: rule?.decision ?? 'go',
  words: rule?.words ?? null,
  rule: rule?.id ?? null,
  pass,
});

/**
 * Decides about somebody of whose household nothing is known, where the rules decide alike whatever it is; null: a pass or the
 * network is needed.
 */
export function decideUnknown(pack: GatePack, asked: Asked): Answer | null {
  const rules = [true, false].flatMap((stays) =>
    [[], [asked.at]].map((outs) => evaluate(rulesOf(pack), { ...asked, kind: 'resident', stays, outs })),
  );
  return rules.every((rule) => rule === rules[0]) ? said(rules[0]!) : null;
}

/** Whoever lives elsewhere: all that the rules say of him is whether he is sent to a doctor. */
export function decideOther(pack: GatePack, asked: Asked): Answer | null {
  const rule = evaluate(rulesOf(pack), { ...asked, purpose: 'none', kind: 'worker', stays: false, outs: [] });
  return rule?.decision === 'refer' ? said(rule) : null;
}
