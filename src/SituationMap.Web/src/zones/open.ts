import type { Viewer } from '../frame/parts';
import { may } from '../session/session';

/**
 * The entry to planning risk zones. What it needs is fetched when it is opened, so that the map at the wall does not
 * pay for it.
 */
export function planningZones(viewer: Viewer): void {
  const { menu, t, session, kiosk, notices } = viewer;
  if (kiosk || (!may(session, 'plan') && !may(session, 'approve'))) return;
  let planner: Promise<{ toggle: () => void }> | undefined;
  const open = async () => {
    planner ??= import('./planner').then(({ Planner }) => Planner.open(viewer));
    try {
      (await planner).toggle();
    } catch {
      planner = undefined;
      notices.show(t('panel.unreachable'), 6_000);
    }
  };
  menu.add({ icon: 'area', label: t('zones.title'), title: t('zones.title.hint'), run: () => void open() });
}
