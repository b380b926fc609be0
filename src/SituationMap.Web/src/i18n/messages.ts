import en from './en.json';
import zh from './zh-CN.json';

export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];
export type MessageKey = keyof typeof zh;

const messages: Record<Language, Record<string, string>> = { 'zh-CN': zh, en };

export interface Translator {
  language: Language;
  /** The message in the chosen language, its `{names}` filled in. */
  (key: MessageKey, values?: Record<string, string | number>): string;
  /**
   * The message for a key put together at run time, or the fallback where there is none (a rule or level of another
   * edition).
   */
  or: (key: string, fallback: string) => string;
  /** A number with its unit, such as 37 户. */
  households: (n: number) => string;
  persons: (n: number) => string;
  number: (n: number) => string;
}

export function translator(language: Language): Translator {
  const numbers = new Intl.NumberFormat(language);
  const dictionary = messages[language];
  const translate = (key: MessageKey, values: Record<string, string | number> = {}): string =>
    (dictionary[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return typeof value === 'number' ? numbers.format(value) : (value ?? '');
    });
  const counted = (unit: 'unit.households' | 'unit.persons') => (n: number) =>
    translate(n === 1 ? `${unit}.one` : unit, { n });
  return Object.assign(translate, {
    language,
    or: (key: string, fallback: string) => dictionary[key] ?? fallback,
    households: counted('unit.households'),
    persons: counted('unit.persons'),
    number: (n: number) => numbers.format(n),
  });
}

/** `?lang=` decides, then what was chosen before; Chinese otherwise. */
export function chosenLanguage(search: string, remembered: string | null): Language {
  const wanted = new URLSearchParams(search).get('lang') ?? remembered ?? '';
  return (
    languages.find((language) => language.toLowerCase() === wanted.toLowerCase()) ??
    languages.find((language) => wanted.toLowerCase().startsWith(language.slice(0, 2))) ??
    'zh-CN'
  );
}
