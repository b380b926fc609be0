import { computed } from '@preact/signals';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';

/** Language, light or dark, the palette, and back to the whole covered area. */
export function controls({ menu, tools, keys }: PageParts, { t, appearance }: SessionParts, { home }: MapParts): void {
  tools.add({ icon: 'home', label: t('control.home.label'), run: home });
  keys.add('0', 'control.home.label', home);
  menu.add({
    icon: 'moon',
    label: computed(() => t(appearance.theme === 'dark' ? 'control.theme.light' : 'control.theme.dark')),
    title: t('control.theme.label'),
    run: () => appearance.toggle(),
    isOfPage: true,
  });
  menu.add({
    icon: 'globe',
    label: t('control.language'),
    title: t('control.language.label'),
    lang: other(t),
    run: () => switchLanguage(t),
    isOfPage: true,
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
