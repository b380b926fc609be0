import type { Viewer } from '../frame/parts';

/** The entry to bringing files in and taking them out. What it needs is fetched when it is opened. */
export function data(viewer: Viewer): void {
  const { menu, t, session, card, coveredArea, notices } = viewer;
  const imports = session.rights.some(({ right, grids }) => right === 'import' && grids === null);
  let sheet: Promise<{ toggle: () => void }> | undefined;
  const open = async () => {
    sheet ??= import('./sheet').then(({ DataSheet }) => new DataSheet(viewer, imports));
    try {
      (await sheet).toggle();
    } catch {
      sheet = undefined;
      notices.show(t('panel.unreachable'), 6_000);
    }
  };
  const run = () => void open();
  menu.add({
    icon: 'upload',
    label: t('data.title'),
    title: t(imports ? 'data.title.hint' : 'data.export'),
    run,
  });
  if (coveredArea.grid === null) card.empty.value = { begin: imports ? { label: t('data.first'), run } : null };
}
