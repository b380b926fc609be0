import { expect, it } from 'vitest';
import { countOf, type Rule } from '../src/alarms/rules';
import type { GridSummary } from '../src/api/types';

const rule: Rule = { id: '1', what: 'gap', status: 'quarantined', grid: null, least: 1, sound: false, desktop: false };
const summary = { quarantined: 7, overdue: 3 } as GridSummary;

it('counts posts with too few people where a rule is about posts, and households elsewhere', () => {
  expect(countOf(rule, { summary, gaps: 2 })).toBe(2);
  expect(countOf(rule, { summary, gaps: null })).toBe(0);
  expect(countOf({ ...rule, what: 'overdue' }, { summary, gaps: 2 })).toBe(3);
  expect(countOf({ ...rule, what: 'count' }, { summary, gaps: 2 })).toBe(7);
});
