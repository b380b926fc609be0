import { coordinates } from './coordinates/pointer';
import { openViewer, type Viewer } from './frame/viewer';
import { help } from './help/help';
import { data } from './imports/open';
import { wall } from './kiosk/kiosk';
import { layerCards } from './layers/cards';
import { follow } from './live/follow';
import { styleUrl } from './map/create';
import { selecting } from './map/selecting';
import { measuring } from './measure/measure';
import { printing } from './print/sheet';
import { replay } from './replay/replay';
import { search } from './search/search';
import { SituationPanel } from './situation/panel';
import { bookmarks } from './views/bookmarks';
import { extents } from './views/extents';
import { planningZones } from './zones/open';
import './legend/card.css';
import './panel/drawer.css';

void openViewer().then((viewer) => viewer && start(viewer));

/** The page's features, one line each. */
function start(viewer: Viewer): void {
  const drawer = selecting(viewer);
  layerCards(viewer);
  const situation = viewer.kiosk ? null : new SituationPanel(viewer, drawer);
  if (situation) {
    search(viewer, drawer, (grid) => situation.open(grid));
    extents(viewer);
    replay(viewer);
    measuring(viewer);
    bookmarks(viewer);
    coordinates(viewer);
    printing(viewer);
    planningZones(viewer);
    data(viewer);
    help(viewer);
  } else {
    wall(viewer);
    if (viewer.place.grid === null) viewer.card.empty(null);
  }
  viewer.dressing.show(styleUrl(viewer.appearance, viewer.t.language));
  const live = follow(viewer, drawer);
  Object.assign(window, { situationMap: { map: viewer.map, live, drawer, viewer } });
}
