import { describe, expect, it } from 'vitest';
import { moveCorner } from '../src/zones/geometry/borders';
import { outlineOf, positionAt } from '../src/zones/geometry/outline';
import { Editing } from '../src/zones/sheet/editing';
import { History } from '../src/zones/sheet/history';
import { emptySheet, laid, type SheetZone } from '../src/zones/sheet/sheet';

const square: GeoJSON.Polygon = {
  type: 'Polygon',
  coordinates: [
    [
      [124, 40],
      [124.01, 40],
      [124.01, 40.01],
      [124, 40.01],
      [124, 40],
    ],
  ],
};
const zone: SheetZone = {
  key: 'new-1',
  code: null,
  name: 'A',
  level: 'high',
  from: null,
  to: null,
  reason: 'A case',
  outline: outlineOf(square),
  base: null,
  etag: null,
};

function begun() {
  const history = new History(emptySheet);
  history.do('open', laid(emptySheet, [zone], zone.key));
  return { history, editing: new Editing(history) };
}

describe('the sheet in work', () => {
  it('keeps the code of a zone that was saved meanwhile', () => {
    const { history, editing } = begun();
    history.saved(zone.key, { code: 'Z-1', base: zone.outline, etag: '"1"' });

    editing.say({ name: 'B' });

    expect(editing.active.value).toMatchObject({ code: 'Z-1', etag: '"1"', name: 'B' });
  });

  it('refuses an edit that cannot be, and stays as it is', () => {
    const { editing } = begun();
    const refused: string[] = [];
    editing.refused.on(({ why }) => refused.push(why));

    // over the opposite side
    editing.edit('move', (outlines) => moveCorner(outlines, positionAt(124, 40), positionAt(124.02, 40.005)));
    editing.read('no outline');

    expect(refused).toHaveLength(2);
    expect(refused[1]).toBe('unreadable');
    expect(editing.active.value?.outline).toEqual(zone.outline);
    expect(editing.ways.undo).toBe(true); // the step that opened it, and no other
  });

  it('says what can be taken back and done again', () => {
    const { editing } = begun();
    editing.say({ name: 'B' });
    editing.go('undo');

    expect(editing.active.value?.name).toBe('A');
    expect(editing.ways).toMatchObject({ undo: true, redo: true });

    editing.go('undo');
    expect(editing.active.value).toBeNull();
    expect(editing.ways).toMatchObject({ undo: false, redo: true });
  });
});
