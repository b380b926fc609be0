import type { Viewer } from '../frame/parts';
import { may } from '../session/session';
import type { Planner } from './planner';

/**
 * The entry to planning risk zones. What it needs is fetched when it is opened, so that the map at the wall does not
 * pay for it.
 */
export function planningZones(viewer: Viewer): void {
  const { menu, t, session, kiosk, notices, address } = viewer;
  if (kiosk) return;
  const linked = () => address.get('draft');
  if (!may(session, 'plan') && !may(session, 'approve')) {
    if (linked() !== null) notices.show(t('zones.link.refused'), 12_000);
    return;
  }
  let planner: Promise<Planner> | undefined;
  const open = async (then: (planner: Planner) => unknown) => {
    planner ??= import('./planner').then((module) => module.Planner.open(viewer));
    try {
      await then(await planner);
    } catch {
      planner = undefined;
      notices.show(t('panel.unreachable'), 6_000);
    }
  };
  menu.add({
    icon: 'area',
    label: t('zones.title'),
    title: t('zones.title.hint'),
    run: () => void open((opened) => opened.toggle()),
  });
  const follow = () => {
    const code = linked();
    if (code !== null) void open((opened) => opened.follow(code));
  };
  address.onChange(follow);
  follow();
}
