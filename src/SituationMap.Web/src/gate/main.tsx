import { render } from 'preact';
import { chosenLanguage, translator } from '../i18n/messages';
import { Appearance } from '../theme/theme';
import { byId } from '../ui/page';
import '../ui/rendering';
import { Gate } from './gate';
import { Page } from './page';

const t = translator(chosenLanguage(location.search, localStorage.getItem('situationmap.language')));
new Appearance(location.search);
document.documentElement.lang = t.language;
document.title = t('gate.title');

const gate = new Gate(t);
Object.assign(window, { situationMapGate: gate });
void start();

async function start(): Promise<void> {
  await gate.open();
  render(<Page gate={gate} />, byId('phone'));
  await gate.refresh();
  // after the pack, for which somebody waits; without TLS there is none, and the page says so
  if ('serviceWorker' in navigator) await navigator.serviceWorker.register('g-sw.js', { scope: 'g' });
}
