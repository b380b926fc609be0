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
void phone.open().then(() => render(<Page phone={phone} />, byId('phone')));
// without TLS there is none, and the page says so
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('m-sw.js', { scope: 'm' });
