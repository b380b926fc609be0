import { may } from '../access/session';
import type { Viewer } from '../frame/viewer';

/** The entry to planning risk zones. What it needs is fetched when it is opened, so that the map at the wall does not pay for it. */
export function planningZones(viewer: Viewer): void {
  const { menu, t, session, kiosk } = viewer;
  if (kiosk || (!may(session, 'plan') && !may(session, 'approve'))) return;
  let planner: Promise<{ toggle: () => void }> | undefined;
  menu.add({
    icon: 'area',
    label: t('zones.title'),
    title: t('zones.title.hint'),
    run: () =>
      void (planner ??= import('./planner').then(({ Planner }) => Planner.open(viewer))).then(
        (it) => it.toggle(),
        () => {
          planner = undefined;
          viewer.notices.show(t('panel.unreachable'), 6_000);
        },
      ),
  });
}
