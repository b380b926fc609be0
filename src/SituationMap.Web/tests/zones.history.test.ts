import { describe, expect, it } from 'vitest';
import { type Outline, outlineOf } from '../src/zones/geometry/outline';
import { History, type Step } from '../src/zones/sheet/history';
import { emptySheet, isChanged, type SheetZone, withZones } from '../src/zones/sheet/sheet';

const box = (east: number): Outline =>
  outlineOf({
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [east, 0],
        [east, 10],
        [0, 10],
        [0, 0],
      ].map(([x, y]) => [124 + x! / 1000, 40 + y! / 1000]),
    ],
  });
const drawn: SheetZone = {
  key: 'new-1',
  code: null,
  name: 'North',
  level: 'high',
  from: null,
  to: null,
  reason: 'A new case',
  outline: box(5),
  base: null,
  etag: null,
};

/** A new zone, drawn and made larger, that the server has taken; another one on the sheet it has not. */
function halfSaved(): { history: History; kept: Step[] } {
  const kept: Step[] = [];
  const history = new History(emptySheet, {
    add: (at, step) => kept.splice(at, Infinity, step),
    replace: (steps) => kept.splice(0, Infinity, ...steps),
    done: () => {},
    clear: () => {},
  });
  history.do('open', withZones(emptySheet, [drawn, { ...drawn, key: 'new-2' }], 'new-1'));
  history.do('move', withZones(history.sheet, [{ ...drawn, outline: box(8) }]));
  history.saved('new-1', { code: 'Z-5', base: box(8), etag: '"0.1"' });
  return { history, kept };
}

describe('going back past a save of which only a part was taken', () => {
  it('goes back to the outline before, of a zone that the server has', () => {
    const { history } = halfSaved();
    expect(isChanged(history.sheet.zones['new-1']!)).toBe(false);

    history.undo();

    expect(history.sheet.zones['new-1']).toEqual({ ...drawn, code: 'Z-5', base: box(8), etag: '"0.1"' });
    expect(isChanged(history.sheet.zones['new-1']!)).toBe(true);
    expect(history.sheet.zones['new-2']!.code).toBeNull();
    history.redo();
    expect(history.sheet.zones['new-1']!.code).toBe('Z-5');
    history.undo();
    history.undo();
    expect(history.sheet).toEqual(emptySheet);
    history.redo();
    expect(history.sheet.zones['new-1']!.code).toBe('Z-5');
  });

  it('does so after a reload too', () => {
    const { history, kept } = halfSaved();
    const again = new History(emptySheet, null, structuredClone(kept));
    expect(again.sheet).toEqual(history.sheet);

    again.undo();

    expect(again.sheet.zones['new-1']!.code).toBe('Z-5');
  });
});
