// Takes the ten main states of the viewer, light and dark, in both languages, into a folder:
// npm run screenshots -- http://localhost:5000 /tmp/screenshots
// The server has to be running over the demo community.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { localToken } from './token.mjs';

const [server = 'http://localhost:5000', folder = 'screenshots-all', only = ''] = process.argv.slice(2);
const desk = { width: 1280, height: 800 };
const token = localToken();
const authorization = token === null ? {} : { Authorization: `Bearer ${token}` };
const days = (n) => `${new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 16)}:00Z`;
const [block] = (
  await (
    await fetch(`${server}/api/households?grid=210682-004&status=quarantined&sort=since&limit=1`, {
      headers: authorization,
    })
  ).json()
).households;

const states = {
  overview: { hash: '' },
  first: { hash: '', first: true },
  search: {
    hash: '',
    act: async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('tnsq');
      await page.locator('#search-results [role=option]').first().waitFor();
    },
  },
  situation: { hash: '#grid=210682-004', shows: '#situation .children tfoot' },
  building: { hash: '#map=17.5/40.4529/124.0522&building=B-0001', shows: '#drawer .matrix' },
  household: {
    hash: `#map=18/40.4520/124.0500&building=${block.building}&household=${block.household}`,
    shows: '#drawer .why .words',
  },
  replay: { hash: `#at=${encodeURIComponent(days(14))}`, shows: '#timeline rect' },
  compare: {
    hash: `#at=${encodeURIComponent(days(16))}&compare=${encodeURIComponent(days(2))}`,
    shows: '#compare canvas',
    size: { width: 1500, height: 800 },
  },
  wall: { search: 'kiosk=1', hash: '', size: { width: 1920, height: 1080 } },
  phone: { hash: '', size: { width: 390, height: 844 } },
};

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
for (const [name, { hash, search = '', shows, act, first = false, size = desk }] of Object.entries(states).filter(
  ([name]) => name.includes(only),
)) {
  for (const theme of ['light', 'dark']) {
    for (const lang of ['zh-CN', 'en']) {
      const page = await browser.newPage({ viewport: size, locale: lang });
      // the map's worker asks for tiles too, so a cookie and no header
      if (token !== null) await page.goto(`${server}/?token=${token}`);
      if (!first) await page.addInitScript(() => localStorage.setItem('situationmap.seen', '1'));
      await page.goto(`${server}/?theme=${theme}&lang=${lang}&${search}${hash}`);
      await page.waitForFunction(
        () =>
          window.situationMap?.map.loaded() &&
          window.situationMap.map.areTilesLoaded() &&
          window.situationMap.live.state === 'live',
      );
      await page.locator('#card .counts table').waitFor();
      if (shows) await page.locator(shows).first().waitFor({ state: 'attached' });
      if (act) await act(page);
      // until nothing is asked for and nothing is drawn any more
      await page.waitForFunction(
        () =>
          new Promise((resolve) => {
            window.situationMap.map.once('idle', () => resolve(true));
            window.situationMap.map.triggerRepaint();
          }),
      );
      await page.waitForTimeout(600);
      await page.screenshot({ path: join(folder, `${name}-${theme}-${lang}.png`) });
      await page.close();
    }
  }
}
await browser.close();
