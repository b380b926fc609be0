import { render } from 'preact';
import { chosenLanguage, translator } from '../i18n/messages';
import { Appearance } from '../theme/theme';
import { byId } from '../ui/page';
import '../ui/rendering';
import { Page } from './page';
import { Phone } from './phone';

const t = translator(chosenLanguage(location.search, localStorage.getItem('situationmap.language')));
new Appearance(location.search);
document.documentElement.lang = t.language;
document.title = t('phone.title');

const phone = new Phone(t);
Object.assign(window, { situationMapRound: phone });
void start();

async function start(): Promise<void> {
  await phone.open();
  render(<Page phone={phone} />, byId('phone'));
  await phone.refresh();
  // after the homes, for which somebody waits; without TLS there is none, and the page says so
  if ('serviceWorker' in navigator) await navigator.serviceWorker.register('m-sw.js', { scope: 'm' });
}
