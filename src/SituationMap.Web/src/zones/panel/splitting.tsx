import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { HexColor } from 'terra-draw';
import type { Viewer } from '../../frame/parts';
import { palette } from '../../theme/theme';
import { split } from '../geometry/borders';
import { surface } from '../geometry/measure';
import { type Outline, type Position, positionAt } from '../geometry/outline';
import { snapped } from '../geometry/snapping';
import { Drawing } from '../map/drawing';
import { instantOf } from './instants';

const snapReach = 5; // metres

interface SplitToolProps {
  outline: Outline;
  viewer: Viewer;
  /** While it is not seen, nothing is drawn. */
  isOpen: ReadonlySignal<boolean>;
  /** Shows on the map what the line would make of the zone. */
  show: (parts: readonly Outline[]) => void;
  /** @param until ISO 8601; null: for good */
  split: (parts: readonly Outline[], until: string | null) => void;
}

/**
 * Splits a zone in force into parts with codes of their own (-a, -b, …) along a line, drawn or typed; the parts are
 * shown before anything is done.
 */
export function SplitTool({ outline, viewer, isOpen, show, split: run }: SplitToolProps) {
  const { t, coveredArea } = viewer;
  const drawing = useRef<Drawing | null>(null);
  const line = useRef<HTMLTextAreaElement>(null);
  const until = useRef<HTMLInputElement>(null);
  const parts = useSignal<readonly Outline[]>([]);
  const found = useSignal('');
  const stop = () => {
    if (!drawing.current) return;
    viewer.mode.set('drawing', false);
    drawing.current.stop();
    drawing.current = null;
  };
  useEffect(() => stop, []);
  useSignalEffect(() => {
    if (!isOpen.value) stop();
  });

  const cut = (positions: readonly Position[]) => {
    parts.value = partsOf(outline, positions);
    found.value =
      parts.value.length < 2
        ? t('zones.parts.none')
        : parts.value
            .map((part, i) => `-${String.fromCharCode(97 + i)}: ${t('zones.area', { n: Math.round(surface(part)) })}`)
            .join(' · ');
    show(parts.value);
  };
  const draw = () => {
    stop();
    found.value = t('zones.parts.hint');
    drawing.current = drawLine(viewer, outline, (positions) => {
      stop();
      line.current!.value = positions.map(([lon, lat]) => `${lon.toFixed(7)}, ${lat.toFixed(7)}`).join('\n');
      cut(positions);
    });
  };
  return (
    <details>
      <summary>{t('zones.parts')}</summary>
      <div class="actions">
        <button type="button" onClick={draw}>
          {t('zones.parts.draw')}
        </button>
      </div>
      <label for="zone-split-line">{t('zones.parts.line')}</label>
      <textarea
        id="zone-split-line"
        ref={line}
        rows={2}
        spellcheck={false}
        onChange={(event) => cut(positionsIn(event.currentTarget.value))}
      />
      <label for="zone-split-until">{t('zones.parts.until')}</label>
      <input id="zone-split-until" ref={until} type="datetime-local" />
      <p class="hint" role="status">
        {found}
      </p>
      <div class="actions">
        <button
          type="button"
          disabled={parts.value.length < 2}
          onClick={() => {
            const wall = until.current!.value;
            run(parts.value, wall === '' ? null : instantOf(wall, coveredArea.timeZone));
          }}
        >
          {t('zones.parts.split')}
        </button>
      </div>
    </details>
  );
}

function drawLine({ map, appearance, mode }: Viewer, outline: Outline, drawn: (line: Position[]) => void): Drawing {
  mode.set('drawing', true);
  const nothing = () => undefined;
  const drawing = new Drawing(
    map,
    palette(appearance).zone as HexColor,
    { drawn: nothing, moved: nothing, inserted: nothing, removed: nothing, line: drawn },
    (at) => snapped(at, [outline], snapReach),
  );
  drawing.draw('linestring');
  return drawing;
}

/** What the line makes of the zone; nothing where it does not go through. */
function partsOf(outline: Outline, line: readonly Position[]): readonly Outline[] {
  const key = 'zone';
  const edited = line.length < 2 ? null : split(new Map([[key, outline]]), key, line, (n) => `${key}-${n}`);
  return edited?.outlines ? [...edited.outlines.values()] : [];
}

/** Lines of `lon, lat`; none where one of them is something else. */
function positionsIn(text: string): Position[] {
  const positions = text
    .trim()
    .split(/\n+/)
    .map((at) =>
      at
        .split(/[\s,;]+/)
        .filter((part) => part !== '')
        .map(Number),
    );
  return positions.every((at) => at.length === 2 && at.every(Number.isFinite))
    ? positions.map(([lon, lat]) => positionAt(lon!, lat!))
    : [];
}
