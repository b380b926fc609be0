import type { Map as MapLibreMap, PaddingOptions } from 'maplibre-gl';
import { accountFold } from '../access/account';
import { may, type Session } from '../access/session';
import { whoever } from '../access/signIn';
import { api } from '../api/client';
import type { Place, StatusChanges, ZoneChanges } from '../api/types';
import { byId } from '../dom';
import { chosenLanguage, type Translator, translator } from '../i18n/messages';
import { type Times, timesIn } from '../i18n/times';
import { Card, situationInWords } from '../legend/card';
import { controls } from '../legend/controls';
import { jobsFold } from '../legend/jobs';
import { createMap, styleUrl, zoomOf } from '../map/create';
import { Appearance } from '../theme/theme';
import { Address } from './address';
import { Dressing } from './dressing';
import { Shortcuts } from './keys';
import { Menu } from './menu';
import { Notices } from './notices';
import { Sides } from './sides';
import { Signal } from './signal';
import { ShownTime } from './time';
import { Tools } from './tools';

/** The page as its features see it: what they share, and where each puts its own. */
export interface Viewer {
  map: MapLibreMap;
  place: Place;
  /** The place's name in the chosen language. */
  name: string;
  t: Translator;
  times: Times;
  appearance: Appearance;
  /** Who the page acts for, and what it may do. */
  session: Session;
  /** A picture on a wall: nobody touches it. */
  kiosk: boolean;
  /** Where elements of a feature's own go. */
  main: HTMLElement;
  card: Card;
  notices: Notices;
  menu: Menu;
  tools: Tools;
  keys: Shortcuts;
  sides: Sides;
  address: Address;
  time: ShownTime;
  dressing: Dressing;
  /** What the feed brings, after the map has it. */
  feed: { status: Signal<StatusChanges>; zone: Signal<ZoneChanges>; advanced: Signal; again: Signal };
  /** The space in pixels, from each edge, that the card, the drawer and the time slider cover. */
  covered: () => { top: number; right: number; bottom: number; left: number };
  /** That space and a margin, for fitting something into the rest. */
  padding: () => PaddingOptions;
  /** Shows the whole place. */
  home: () => void;
}

/** Asks the server what this is a map of and builds the frame; null where the browser cannot show a map. */
export async function openViewer(): Promise<Viewer | null> {
  const query = new URLSearchParams(location.search);
  const t = translator(chosenLanguage(location.search, localStorage.getItem('situationmap.language')));
  const kiosk = query.get('kiosk') === '1';
  const appearance = new Appearance(location.search);
  const notices = new Notices(byId('notice'));
  document.documentElement.lang = t.language;
  document.documentElement.toggleAttribute('data-kiosk', kiosk);
  document.title = t('title');
  byId('title').textContent = t('title');

  const main = document.querySelector('main')!;
  notices.later(t('start.loading'), 500);
  const session = await whoever(main, notices, t);
  const place = await placeWhenReady(notices, t);
  const times = timesIn(place.timeZone, t);
  const name = (t.language === 'en' ? place.nameEn : null) ?? place.name ?? t('title');
  if (place.name !== null) document.title = `${name} · ${t('title')}`;

  const [menu, tools, sides] = [new Menu(), new Tools(), new Sides()];
  const card = new Card(byId('card'), {
    t,
    times,
    name,
    folds: kiosk ? [] : [accountFold(session, t, times), ...(may(session, 'operate') ? [jobsFold(t, times)] : [])],
    menu: kiosk ? null : menu,
  });
  const covered = () => {
    const wide = matchMedia('(min-width: 641px)').matches;
    const side = sides.top?.element;
    const slider = document.getElementById('timeline');
    // in pixels of the map: elements are seen larger than what they know of themselves where they are zoomed
    const scale = zoomOf(byId('map'));
    const box = (element: Element | null | undefined) => {
      const { right, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
      return { right: right / scale, width: width / scale, height: height / scale };
    };
    return {
      left: wide ? box(byId('card')).right : 0,
      right: wide ? box(side).width : 0,
      top: 0,
      bottom: (wide ? 0 : box(side).height) + box(slider).height,
    };
  };
  const padding = () => {
    const { left, right, top, bottom } = covered();
    return { left: left + 24, right: right + 24, top: top + (kiosk ? 24 : 72), bottom: bottom + 32 };
  };
  let map: MapLibreMap;
  try {
    map = createMap({
      container: byId('map'),
      bounds: place.bounds,
      padding: padding(),
      tools: kiosk ? null : tools,
      t,
    });
  } catch (error) {
    console.error(error);
    notices.show(t('start.failed'));
    return null;
  }
  map.getCanvas().setAttribute('aria-describedby', situationInWords);
  const dressing = new Dressing(map);
  appearance.changed.on(() => dressing.show(styleUrl(appearance, t.language)));

  const viewer: Viewer = {
    map,
    place,
    name,
    t,
    times,
    appearance,
    session,
    kiosk,
    main,
    card,
    notices,
    menu,
    tools,
    sides,
    dressing,
    covered,
    padding,
    keys: new Shortcuts(),
    address: new Address(),
    time: new ShownTime(),
    feed: { status: new Signal(), zone: new Signal(), advanced: new Signal(), again: new Signal() },
    home: () => map.fitBounds(place.bounds, { padding: padding() }),
  };
  if (!kiosk) controls(viewer);
  return viewer;
}

/** The place, asked for until the server has it; says so when that takes longer than a moment. */
async function placeWhenReady(notices: Notices, t: Translator): Promise<Place> {
  for (;;) {
    try {
      const place = await api.place();
      notices.clear();
      return place;
    } catch {
      notices.show(t('start.waiting'));
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
  }
}
