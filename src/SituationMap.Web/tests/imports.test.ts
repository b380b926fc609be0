import { describe, expect, it } from 'vitest';
import { translator } from '../src/i18n/messages';
import { csv, guess, why } from '../src/imports/words';

describe('a file', () => {
  it('says by its name what it holds', () => {
    expect(guess('江城街道网格.geojson')).toBe('grids');
    expect(guess('dorms_sorted.geojson')).toBe('buildings');
    expect(guess('人员台账.xlsx')).toBe('persons');
    expect(guess('export (3).csv')).toBeNull();
  });
});

describe('the list of rejected rows', () => {
  const field = { name: 'floors', isRequired: false, kind: 'number' as const, least: 1, most: 120, choices: [] };

  it('says why, in both languages', () => {
    const row = {
      row: 3,
      code: 'B-3',
      field: 'floors',
      fault: 'value-wrong',
      expected: 'a whole number from 1 to 120',
    };
    expect(why(row, [field], translator('zh-CN'))).toBe('“层数”应为：1 到 120 的整数');
    expect(
      why(
        {
          ...row,
          field: 'wkt',
          fault: 'geometry-invalid',
          expected: 'a valid outline; Self-intersection at 124.011, 40.011',
        },
        [field],
        translator('en'),
      ),
    ).toBe('The outline is invalid at 124.011, 40.011 and cannot be mended');
    expect(
      why(
        { ...row, field: 'code', fault: 'code-repeated', expected: 'a code of its own; row 1 has it already' },
        [field],
        translator('en'),
      ),
    ).toBe('Row 1 has the same code');
  });

  it('runs no formula', () => {
    expect(csv([['=1+1', '@x', '-1', 'a "b", c']])).toBe('\uFEFF\'=1+1,\'@x,\'-1,"a ""b"", c"\r\n');
  });
});
