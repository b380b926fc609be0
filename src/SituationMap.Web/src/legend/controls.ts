import type { Viewer } from '../frame/viewer';
import type { Translator } from '../i18n/messages';

/** Language, light or dark, the palette, and back to the whole place. */
export function controls({
  t,
  appearance,
  menu,
  tools,
  keys,
  home,
}: Pick<Viewer, 't' | 'appearance' | 'menu' | 'tools' | 'keys' | 'home'>): void {
  tools.add('home', t('control.home.label'), home);
  keys.add('0', 'control.home.label', home);
  const theme = menu.add({ icon: 'moon', label: '', title: t('control.theme.label'), run: () => appearance.toggle() });
  const name = () => {
    theme.lastElementChild!.textContent = t(appearance.theme === 'dark' ? 'control.theme.light' : 'control.theme.dark');
  };
  name();
  appearance.changed.on(name);
  menu.add({
    icon: 'globe',
    label: t('control.language'),
    title: t('control.language.label'),
    lang: other(t),
    run: () => switchLanguage(t),
  });
}

const other = (t: Translator): string => (t.language === 'en' ? 'zh-CN' : 'en');

/** Opens the page in the other language; the address keeps the view and the selection. */
function switchLanguage(t: Translator): void {
  localStorage.setItem('situationmap.language', other(t));
  const url = new URL(location.href);
  url.searchParams.set('lang', other(t));
  location.replace(url);
}
