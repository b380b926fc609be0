import { h } from '../dom';
import type { Translator } from '../i18n/messages';
import type { Appearance } from '../theme/theme';

/** Language, light or dark, and back to the whole place. */
export function controls(t: Translator, appearance: Appearance, home: () => void): HTMLElement[] {
  const theme = h('button', { type: 'button', class: 'quiet', title: t('control.theme.label'), onclick: () => appearance.toggle() });
  const name = () => {
    theme.textContent = t(appearance.theme === 'dark' ? 'control.theme.light' : 'control.theme.dark');
  };
  name();
  appearance.onChange(name);
  return [
    h('button', { type: 'button', class: 'quiet', title: t('control.home.label'), onclick: home }, t('control.home')),
    theme,
    h('button', { type: 'button', class: 'quiet', lang: t.language === 'en' ? 'zh-CN' : 'en', title: t('control.language.label'), onclick: () => switchLanguage(t) }, t('control.language')),
  ];
}

/** Opens the page in the other language; the address keeps the view and the selection. */
function switchLanguage(t: Translator): void {
  const other = t.language === 'en' ? 'zh-CN' : 'en';
  localStorage.setItem('situationmap.language', other);
  const url = new URL(location.href);
  url.searchParams.set('lang', other);
  location.replace(url);
}
