import type { Viewer } from '../frame/parts';

/** The entry to duty. What it needs is fetched when it is opened. */
export function duty(viewer: Viewer): void {
  const { menu, keys, t, notices, address } = viewer;
  let panel: Promise<{ toggle: () => void }> | undefined;
  const open = async () => {
    panel ??= import('./panel').then(({ DutyPanel }) => new DutyPanel(viewer));
    try {
      (await panel).toggle();
    } catch {
      panel = undefined;
      notices.show(t('panel.unreachable'), 6_000);
    }
  };
  const run = () => void open();
  menu.add({ icon: 'guard', label: t('duty.label'), title: t('duty.title'), run });
  keys.add('g', 'duty.label', run);
  if (address.get('duty') !== null) run();
}
