import type { MessageKey, Translator } from '../../i18n/messages';
import { merge } from '../geometry/borders';
import type { PointerTools } from '../map/tools';
import type { Editing } from '../sheet/editing';

interface ToolbarProps {
  editing: Editing;
  tools: PointerTools;
  t: Translator;
  go: (way: 'undo' | 'redo') => void;
  /** Whatever else has the pointer lets it go. */
  free: () => void;
}

/** What can be done to the zone in work on the map. */
export function Toolbar({ editing, tools, t, go, free }: ToolbarProps) {
  const { undo, redo } = editing.ways;
  const { zones, active } = editing.sheet.value;
  const isDrawn = (editing.active.value?.outline.length ?? 0) > 0;
  const isDragging = tools.isDragging.value;
  const beside = Object.values(zones).find((zone) => zone.key !== active && zone.code === null);
  const button = (key: MessageKey, run: () => void, enabled = true, pressed?: boolean) => (
    <button type="button" data-key={key} disabled={!enabled} aria-pressed={pressed} onClick={run}>
      {t(key)}
    </button>
  );
  const freely = (run: () => void) => () => {
    free();
    run();
  };
  return (
    <div class="actions" role="toolbar" aria-label={t('zones.tools')}>
      {button('zones.undo', () => go('undo'), undo)}
      {button('zones.redo', () => go('redo'), redo)}
      {button(
        'zones.polygon',
        freely(() => tools.draw('polygon')),
      )}
      {button(
        'zones.rectangle',
        freely(() => tools.draw('rectangle')),
      )}
      {button(
        'zones.circle',
        freely(() => tools.draw('circle')),
      )}
      {button(
        'zones.hole',
        freely(() => tools.draw('polygon', 'cut')),
        isDrawn,
      )}
      {button(
        'zones.split',
        freely(() => tools.draw('linestring')),
        isDrawn,
      )}
      {beside &&
        button('zones.mergeWith', () => editing.edit('merge', (outlines, key) => merge(outlines, key, beside.key)))}
      {button(
        'zones.corners.edit',
        freely(() => tools.edit()),
        isDrawn,
      )}
      {button(
        'zones.drag',
        freely(() => (isDragging ? tools.edit() : tools.drag())),
        isDrawn,
        isDragging,
      )}
    </div>
  );
}
