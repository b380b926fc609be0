import { api } from './api/client';
import type { Place } from './api/types';
import { byId } from './dom';
import { chosenLanguage, translator } from './i18n/messages';
import { timesIn } from './i18n/times';
import { follow } from './live/follow';
import { Card } from './legend/card';
import { controls } from './legend/controls';
import { jobsFold } from './legend/jobs';
import { selectionIn, withSelection } from './map/address';
import { createMap, styleUrl } from './map/create';
import { pick, SelectionOnMap } from './map/selection';
import { Drawer } from './panel/drawer';
import { Appearance } from './theme/theme';
import { Notices } from './notices';
import './legend/card.css';
import './panel/drawer.css';

const query = new URLSearchParams(location.search);
const language = chosenLanguage(location.search, localStorage.getItem('situationmap.language'));
const t = translator(language);
const kiosk = query.get('kiosk') === '1';
const appearance = new Appearance(location.search);
const notices = new Notices(byId('notice'));

document.documentElement.lang = language;
document.documentElement.toggleAttribute('data-kiosk', kiosk);
document.title = t('title');
byId('title').textContent = t('title');

void start();

async function start(): Promise<void> {
  const place = await placeWhenReady();
  const times = timesIn(place.timeZone, t);
  const name = (language === 'en' ? place.nameEn : null) ?? place.name;
  document.title = name === null ? t('title') : `${name} · ${t('title')}`;
  const cardElement = byId('card');
  const drawerElement = byId('drawer');
  const wide = () => matchMedia('(min-width: 641px)').matches;

  const card = new Card(cardElement, { t, times, name: name ?? t('title'), folds: kiosk ? [] : [jobsFold(t, times)], controls: kiosk ? [] : controls(t, appearance, () => home()) });
  const homePadding = () => ({ top: 24, bottom: 24, right: 24, left: (wide() ? cardElement.offsetWidth + 16 : 0) + 24 });
  let map: ReturnType<typeof createMap>;
  try {
    map = createMap({ container: byId('map'), bounds: place.bounds, padding: homePadding(), appearance, t, kiosk });
  } catch (error) {
    console.error(error);
    notices.show(t('start.failed'));
    return;
  }
  const home = () => map.fitBounds(place.bounds, { padding: homePadding() });
  appearance.onChange(() => map.setStyle(styleUrl(appearance, language)));

  const onMap = new SelectionOnMap(map, () => ({
    left: wide() ? cardElement.offsetLeft + cardElement.offsetWidth : 0,
    right: wide() && !drawerElement.hidden ? drawerElement.offsetWidth : 0,
    bottom: !wide() && !drawerElement.hidden ? drawerElement.offsetHeight : 0,
  }));
  const drawer = new Drawer(drawerElement, t, times, {
    selected: (selection, building, household) => {
      history.replaceState(history.state, '', withSelection(location.hash, selection));
      document.body.classList.toggle('drawer-open', selection !== null);
      onMap.show(building, household);
    },
  });
  const fromAddress = () => {
    const selection = selectionIn(location.hash);
    if (selection) void drawer.open(selection);
    else if (drawer.selection) drawer.close();
  };
  addEventListener('hashchange', fromAddress);
  map.once('idle', fromAddress);

  const select = (point: { x: number; y: number }): boolean => {
    const picked = pick(map, [point.x, point.y]);
    if (picked) void drawer.open({ building: picked.building, household: null }, picked.householdId);
    return picked !== null;
  };
  map.on('click', ({ point, lngLat }) => {
    if (select(point)) return;
    if (map.getZoom() < 14) map.easeTo({ center: lngLat, zoom: 15.5 });
    else if (drawer.selection) drawer.close();
  });
  map.on('mousemove', 'buildings', () => {
    map.getCanvas().style.cursor = 'pointer';
  });
  map.on('mouseleave', 'buildings', () => {
    map.getCanvas().style.cursor = '';
  });
  selectByKeyboard(map, select);

  if (place.grid === null) card.empty();
  const live = follow({ map, grid: place.grid, sequence: place.sequence, card, drawer, notices, t, times });
  Object.assign(window, { situationMap: { map, live, drawer } });
}

/** The place, asked for until the server has it; says so when that takes longer than a moment. */
async function placeWhenReady(): Promise<Place> {
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

/** With the map focused by keyboard a crosshair shows its middle, and Enter selects the building there. */
function selectByKeyboard(map: ReturnType<typeof createMap>, select: (point: { x: number; y: number }) => boolean): void {
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
