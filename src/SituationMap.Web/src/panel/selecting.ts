import { type Selection, selectionIn } from '../frame/address';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import type { Things } from '../layers/things';
import { pick, SelectionOnMap } from '../map/selection';
import { byId } from '../ui/page';
import { Drawer } from './drawer';

/** Pointing at a building, by mouse, finger or keyboard, opens the drawer; so does the page's address. */
export function selecting(viewer: MapParts & PageParts & SessionParts, things: Things): Drawer {
  const { map, dressing, sides, address, covered, mode } = viewer;
  const onMap = new SelectionOnMap(map, dressing, covered);
  const drawer = new Drawer(viewer, {
    asked: (selection) => address.set(inAddress(selection)),
    selected: (selection, building, household) => {
      address.amend(inAddress(selection));
      onMap.show(building, household);
    },
  });
  const fromAddress = () => {
    const selection = selectionIn(location.hash);
    if (selection) void drawer.open(selection);
    else if (drawer.selection) drawer.close();
  };
  address.onChange(fromAddress);
  map.once('idle', fromAddress);
  sides.changed.on(() => onMap.keepVisible());

  const select = (point: { x: number; y: number }): boolean => {
    const picked = pick(map, [point.x, point.y]);
    if (picked) void drawer.open({ building: picked.building, household: null }, picked.householdId);
    return picked !== null;
  };
  map.on('click', ({ point, lngLat }) => {
    // a tool, such as the ruler, takes it
    if (mode.is('drawing', 'measuring') || things.pin(point, 'checkpoint') || select(point)) return;
    if (map.getZoom() < 14) map.easeTo({ center: lngLat, zoom: 15.5 });
    else {
      if (drawer.selection) drawer.close();
      things.pin(point, 'any');
    }
  });
  map.on('mousemove', 'buildings', () => {
    map.getCanvas().style.cursor = 'pointer';
  });
  map.on('mouseleave', 'buildings', () => {
    map.getCanvas().style.cursor = '';
  });
  selectByKeyboard(viewer, (point) => select(point) || things.pin(point, 'any'));
  return drawer;
}

const inAddress = (selection: Selection | null) => ({
  building: selection?.building ?? null,
  household: selection?.household ?? null,
});

/** With the map focused by keyboard a crosshair shows its middle, and Enter opens the building there, or the card of what is there. */
function selectByKeyboard(
  { map, notices, t }: MapParts & PageParts & SessionParts,
  select: (point: { x: number; y: number }) => boolean,
): void {
  const canvas = map.getCanvas();
  const crosshair = byId('crosshair');
  const show = () => {
    crosshair.hidden = !canvas.matches(':focus-visible');
  };
  canvas.addEventListener('focus', show);
  canvas.addEventListener('blur', show);
  canvas.addEventListener('pointerdown', () => {
    crosshair.hidden = true;
  });
  canvas.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const { clientWidth, clientHeight } = canvas;
    if (!select({ x: clientWidth / 2, y: clientHeight / 2 })) notices.show(t('map.nothing'), 4_000);
  });
}
