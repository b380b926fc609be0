import { alarms } from '../alarms/panel';
import { wallAlarms } from '../alarms/wall';
import { changes } from '../changes/panel';
import { coordinates } from '../coordinates/pointer';
import { duty } from '../duty/open';
import type { Viewer } from '../frame/parts';
import { help } from '../help/help';
import { data } from '../imports/open';
import { wall } from '../kiosk/kiosk';
import { layerCards } from '../layers/cards';
import { things } from '../layers/things';
import { styleUrl } from '../map/create';
import { missingTiles } from '../map/missing';
import { measuring } from '../measure/measure';
import { selecting } from '../panel/selecting';
import { printing } from '../print/sheet';
import { replay } from '../replay/replay';
import { search } from '../search/search';
import { SituationPanel } from '../situation/panel';
import { ListDock } from '../table/dock';
import { bookmarks } from '../views/bookmarks';
import { extents } from '../views/extents';
import { work } from '../work/panel';
import { planningZones } from '../zones/open';
import { follow } from './follow';
import { openViewer, type ViewerParts } from './open';
import '../legend/card.css';
import '../panel/drawer.css';

void openViewer().then((parts) => parts && start(parts));

/** The page's features, one line each. What needs much of all parts is given the whole viewer. */
function start({ page, session, map }: ViewerParts): void {
  const viewer: Viewer = { ...page, ...session, ...map };
  const { kiosk, coveredArea, appearance, t } = session;
  const drawer = selecting(viewer, things(viewer));
  layerCards(page, session, map);
  missingTiles(page, session, map);
  if (kiosk) {
    wall(page, session, map);
    wallAlarms(page, session);
    if (coveredArea.grid === null) page.card.empty.value = { begin: null };
  } else {
    const situation = new SituationPanel(viewer, drawer, new ListDock(viewer, drawer));
    changes(viewer, drawer);
    work(viewer, drawer);
    duty(viewer);
    alarms(viewer, drawer);
    search(page, session, map, drawer, (grid) => situation.open(grid));
    extents(page, session, map);
    replay(viewer);
    measuring(page, session, map);
    bookmarks(page, session, map);
    coordinates(page, session, map);
    printing(viewer);
    planningZones(viewer);
    data(viewer);
    help(page, session);
  }
  map.dressing.show(styleUrl(appearance, t.language));
  const live = follow(page, session, map, drawer);
  Object.assign(window, { situationMap: { map: map.map, live, drawer, viewer } });
}
