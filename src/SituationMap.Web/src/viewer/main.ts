import { coordinates } from '../coordinates/pointer';
import type { Viewer } from '../frame/parts';
import { help } from '../help/help';
import { data } from '../imports/open';
import { wall } from '../kiosk/kiosk';
import { layerCards } from '../layers/cards';
import { styleUrl } from '../map/create';
import { measuring } from '../measure/measure';
import { selecting } from '../panel/selecting';
import { printing } from '../print/sheet';
import { replay } from '../replay/replay';
import { search } from '../search/search';
import { SituationPanel } from '../situation/panel';
import { bookmarks } from '../views/bookmarks';
import { extents } from '../views/extents';
import { planningZones } from '../zones/open';
import { follow } from './follow';
import { openViewer } from './open';
import '../legend/card.css';
import '../panel/drawer.css';

void openViewer().then((viewer) => viewer && start(viewer));

/** The page's features, one line each. What takes three is given the page, the session and the map. */
function start(viewer: Viewer): void {
  const parts = [viewer, viewer, viewer] as const;
  const drawer = selecting(viewer);
  layerCards(...parts);
  if (viewer.kiosk) {
    wall(...parts);
    if (viewer.place.grid === null) viewer.card.empty.value = { begin: null };
  } else {
    const situation = new SituationPanel(viewer, drawer);
    search(...parts, drawer, (grid) => situation.open(grid));
    extents(...parts);
    replay(viewer);
    measuring(...parts);
    bookmarks(...parts);
    coordinates(...parts);
    printing(viewer);
    planningZones(viewer);
    data(viewer);
    help(viewer, viewer);
  }
  viewer.dressing.show(styleUrl(viewer.appearance, viewer.t.language));
  const live = follow(...parts, drawer);
  Object.assign(window, { situationMap: { map: viewer.map, live, drawer, viewer } });
}
