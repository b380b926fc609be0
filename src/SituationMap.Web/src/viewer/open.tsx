import type { Map as MapLibreMap } from 'maplibre-gl';
import { account } from '../access/account';
import { JobsFold } from '../access/jobs';
import { whoever } from '../access/signIn';
import { administration } from '../administration/open';
import { api } from '../api/client';
import type { Box, CoveredArea } from '../api/types';
import { Address } from '../frame/address';
import { CardState } from '../frame/card';
import { Dressing } from '../frame/dressing';
import { Edges } from '../frame/edges';
import { Shortcuts } from '../frame/keys';
import { Menu, Rail } from '../frame/menu';
import { Mode } from '../frame/mode';
import { Notice, Notices } from '../frame/notices';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import { Sides } from '../frame/sides';
import { Slots } from '../frame/slots';
import { ShownTime } from '../frame/time';
import { Tools } from '../frame/tools';
import { chosenLanguage, type Translator, translator } from '../i18n/messages';
import { timesIn } from '../i18n/times';
import { legendCard, situationInWords } from '../legend/card';
import { createMap, styleUrl, zoomOf } from '../map/create';
import { may } from '../session/session';
import { Appearance } from '../theme/theme';
import { Emitter } from '../ui/emitter';
import { byId } from '../ui/page';
import { controls } from './controls';
import { sayFailures } from './failures';

export interface ViewerParts {
  page: PageParts;
  session: SessionParts;
  map: MapParts;
}

/** Asks the server what this is a map of and builds the frame; null where the browser cannot show a map. */
export async function openViewer(): Promise<ViewerParts | null> {
  const t = translator(chosenLanguage(location.search, localStorage.getItem('situationmap.language')));
  const kiosk = new URLSearchParams(location.search).get('kiosk') === '1';
  const page = openPage(kiosk);
  sayFailures(page, t);
  document.documentElement.lang = t.language;
  document.documentElement.toggleAttribute('data-kiosk', kiosk);
  document.title = t('title');
  byId('title').textContent = t('title');

  page.notices.later(t('start.loading'), 500);
  const session = await openSession(page, t, kiosk);
  legendCard(page, session);
  if (!kiosk) {
    page.slots.put('rail', <Rail menu={page.menu} account={page.slots.within('account')} t={t} />);
    account(page, session);
    administration(page, session);
    if (may(session.session, 'operate')) page.slots.put('account', <JobsFold t={t} times={session.times} />);
  }
  try {
    const map = openMap(page, session);
    if (!kiosk) controls(page, session, map);
    return { page, session, map };
  } catch (error) {
    console.error(error);
    page.notices.show(t('start.failed'));
    return null;
  }
}

function openPage(kiosk: boolean): PageParts {
  const mode = new Mode(document.body);
  const sides = new Sides(mode);
  const slots = new Slots(document);
  const notices = new Notices();
  slots.put('notice', <Notice notices={notices} />);
  return {
    slots,
    notices,
    sides,
    mode,
    edges: new Edges(sides, () => zoomOf(byId('map')), kiosk),
    card: new CardState(),
    menu: new Menu(),
    tools: new Tools(),
    keys: new Shortcuts(),
    address: new Address(),
  };
}

async function openSession({ slots, notices }: PageParts, t: Translator, kiosk: boolean): Promise<SessionParts> {
  const appearance = new Appearance(location.search);
  const session = await whoever(slots, notices, t);
  const coveredArea = await coveredAreaWhenReady(notices, t);
  if (coveredArea.name !== null) document.title = `${nameOf(coveredArea, t)} · ${t('title')}`;
  return {
    session,
    coveredArea,
    t,
    kiosk,
    appearance,
    name: nameOf(coveredArea, t),
    times: timesIn(coveredArea.timeZone, t),
    time: new ShownTime(),
    feed: {
      status: new Emitter(),
      zone: new Emitter(),
      acknowledged: new Emitter(),
      covered: new Emitter(),
      advanced: new Emitter(),
      again: new Emitter(),
    },
  };
}

const nameOf = ({ name, nameEn }: CoveredArea, t: Translator): string =>
  (t.language === 'en' ? nameEn : null) ?? name ?? t('title');

function openMap({ edges, tools }: PageParts, { coveredArea, appearance, kiosk, t }: SessionParts): MapParts {
  const map: MapLibreMap = createMap({
    container: byId('map'),
    bounds: coveredArea.bounds,
    padding: edges.padding(),
    tools: kiosk ? null : tools,
    t,
  });
  map.getCanvas().setAttribute('aria-describedby', situationInWords);
  const dressing = new Dressing(map);
  if (coveredArea.grid === null) map.once('styledata', () => showGround(map));
  appearance.changed.on(() => dressing.show(styleUrl(appearance, t.language)));
  return {
    map,
    dressing,
    covered: () => edges.covered(),
    padding: () => edges.padding(),
    home: () => map.fitBounds(coveredArea.bounds, { padding: edges.padding() }),
  };
}

/** The covered area, asked for until the server has it; says so when that takes longer than a moment. */
async function coveredAreaWhenReady(notices: Notices, t: Translator): Promise<CoveredArea> {
  for (;;) {
    try {
      const coveredArea = await api.coveredArea();
      notices.clear();
      return coveredArea;
    } catch {
      notices.show(t('start.waiting'));
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
  }
}

/** Where nothing is imported yet, the base map is all there is to see. */
function showGround(map: MapLibreMap): void {
  const ground = map.getStyle().sources.basemap as { bounds?: Box } | undefined;
  if (ground?.bounds) map.fitBounds(ground.bounds, { animate: false });
}
