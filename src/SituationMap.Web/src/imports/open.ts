import type { Viewer } from '../frame/viewer';

/** The entry to bringing files in and taking them out. What it needs is fetched when it is opened. */
export function data(viewer: Viewer): void {
  const { menu, t, session, card, place } = viewer;
  const imports = session.rights.some(({ right, grids }) => right === 'import' && grids === null);
  let sheet: Promise<{ toggle: () => void }> | undefined;
  const open = () =>
    void (sheet ??= import('./sheet').then(({ DataSheet }) => new DataSheet(viewer, imports))).then(
      (it) => it.toggle(),
      () => {
        sheet = undefined;
        viewer.notices.show(t('panel.unreachable'), 6_000);
      },
    );
  menu.add({
    icon: 'upload',
    label: t('data.title'),
    title: t(imports ? 'data.title.hint' : 'data.export'),
    run: open,
  });
  if (place.grid === null) card.empty(imports ? { label: t('data.first'), run: open } : null);
}
