import { describe, expect, it } from 'vitest';
import { translator } from '../src/i18n/messages';
import { timesIn } from '../src/i18n/times';
import { type Field, read } from '../src/panel/fields';
import { forms, makeUpOf } from '../src/panel/forms';

const t = translator('en');
const times = timesIn('Asia/Shanghai', t);
const readAs = (fields: readonly Field[], texts: Record<string, string>) =>
  read(fields, ({ name }) => texts[name] ?? '', t, times);
const fieldsOf = (kind: string) => forms.find((form) => form.kind === kind)!.fields;

describe('the fields of a report', () => {
  it('give numbers and instants of the place, and leave out what is optional and empty', () => {
    expect(readAs(fieldsOf('survey'), { members: ' 3 ' })).toEqual({ values: { members: 3 } });
    expect(readAs(fieldsOf('temperature'), { person: 'P-1', celsius: '36.6', at: '2026-02-05T09:00' })).toEqual({
      values: { person: 'P-1', celsius: 36.6, at: '2026-02-05T01:00:00.000Z' },
    });
  });

  it('name the first that is missing or wrong', () => {
    expect(readAs(fieldsOf('survey'), {})).toMatchObject({ fault: { field: 'members' } });
    expect(readAs(fieldsOf('survey'), { members: '2.5' })).toMatchObject({ fault: { field: 'members' } });
    expect(readAs(fieldsOf('temperature'), { person: 'P-1', celsius: '46' })).toMatchObject({
      fault: { field: 'celsius' },
    });
  });

  it('take a reading that is made up for only of the time in which it was due', () => {
    const overdue = { what: 'temperature', person: 'P-2', rule: null, missing: 1, from: '2026-02-05T00:00:00Z' };
    const form = makeUpOf({ ...overdue, due: '2026-02-05T12:00:00Z', words: {} })!;
    const at = (wall: string) => readAs(form.fields, { person: 'P-2', celsius: '36.6', at: wall });

    expect(form.fields.find(({ name }) => name === 'person')?.value).toBe('P-2');
    expect(at('2026-02-05T08:00')).toHaveProperty('values');
    expect(at('2026-02-05T20:00')).toMatchObject({ fault: { field: 'at' } });
    expect(at('')).toMatchObject({ fault: { field: 'at' } });
  });
});
