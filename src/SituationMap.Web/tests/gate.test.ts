import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AtGate, evaluate, type GateRule } from '../src/gate/rules';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const minutes = (local: string): number => Date.parse(`${local}Z`) / 60_000;

describe('the golden rows of the gate', () => {
  const { rules } = (JSON.parse(read('data/work/community.json')) as { gate: { rules: GateRule[] } }).gate;
  const rows = read('tests/SituationMap.Core.Tests/Cases/gate.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| case |'))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it.each(rows)('%s%s', (_, _name, kind, direction, purpose, celsius, stays, at, outs, decision) => {
    const found = evaluate(rules, {
      kind,
      direction,
      purpose,
      celsius: celsius ? Number(celsius) : null,
      stays: stays === 'yes',
      at: minutes(at!),
      outs: outs!.split(' ').filter(Boolean).map(minutes),
    } as AtGate);
    expect(`${found!.decision} ${found!.id}`).toBe(decision);
  });
});

interface Generated {
  rules: GateRule[];
  /** Somebody at the gate, and the number of the rule that decides; −1: none. */
  cases: (AtGate & { rule: number })[];
}

// the server writes them and runs this: tests/SituationMap.Web.Tests/GateAgreementTests.cs
const generated = process.env.GATE_CASES;
describe.runIf(generated !== undefined)('the cases that the server has decided', () => {
  it('are decided alike', () => {
    const sets = JSON.parse(readFileSync(generated!, 'utf8')) as Generated[];
    const wrong = sets.flatMap(({ rules, cases }) =>
      cases.filter((one) => rules.indexOf(evaluate(rules, one)) !== one.rule),
    );
    expect(wrong).toEqual([]);
    expect(sets.reduce((sum, { cases }) => sum + cases.length, 0)).toBeGreaterThanOrEqual(100_000);
  });
});
