import type { MessageKey, Translator } from '../../i18n/messages';
import { type Icon, LineIcon } from '../../theme/icons';
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
  const button = (key: MessageKey, icon: Icon, run: () => void, enabled = true, pressed?: boolean) => (
    <button
      type="button"
      class="icon"
      data-key={key}
      title={t(key)}
      aria-label={t(key)}
      disabled={!enabled}
      aria-pressed={pressed}
      onClick={run}
    >
      <LineIcon icon={icon} />
    </button>
  );
  const freely = (run: () => void) => () => {
    free();
    run();
  };
  return (
    <div class="actions tools" role="toolbar" aria-label={t('zones.tools')}>
      {button('zones.undo', 'undo', () => go('undo'), undo)}
      {button('zones.redo', 'redo', () => go('redo'), redo)}
      {button(
        'zones.polygon',
        'polygon',
        freely(() => tools.draw('polygon')),
      )}
      {button(
        'zones.rectangle',
        'rectangle',
        freely(() => tools.draw('rectangle')),
      )}
      {button(
        'zones.circle',
        'circle',
        freely(() => tools.draw('circle')),
      )}
      {button(
        'zones.hole',
        'hole',
        freely(() => tools.draw('polygon', 'cut')),
        isDrawn,
      )}
      {button(
        'zones.split',
        'knife',
        freely(() => tools.draw('linestring')),
        isDrawn,
      )}
      {beside &&
        button('zones.mergeWith', 'merge', () =>
          editing.edit('merge', (outlines, key) => merge(outlines, key, beside.key)),
        )}
      {button(
        'zones.corners.edit',
        'corners',
        freely(() => tools.edit()),
        isDrawn,
      )}
      {button(
        'zones.drag',
        'move',
        freely(() => (isDragging ? tools.edit() : tools.drag())),
        isDrawn,
        isDragging,
      )}
    </div>
  );
}
