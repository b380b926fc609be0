import { describe, expect, it } from 'vitest';
import en from '../src/i18n/en.json';
import { chosenLanguage, translator } from '../src/i18n/messages';
import { timesIn } from '../src/i18n/times';
import zh from '../src/i18n/zh-CN.json';

const now = () => Date.parse('2026-02-10T12:04:31+08:00');
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe('the messages', () => {
  it('are the same in both languages, with the same placeholders', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      expect(zh[key].trim(), key).not.toBe('');
      if (!key.startsWith('time.day')) expect(placeholders(en[key]), key).toEqual(placeholders(zh[key]));
    }
  });

  it('carry their unit', () => {
    expect(translator('zh-CN').households(1394)).toBe('1,394 户');
    expect(translator('en').households(1)).toBe('1 household');
    expect(translator('en').persons(2417)).toBe('2,417 persons');
  });

  it('are chosen by the address, then by what was chosen before', () => {
    expect(chosenLanguage('?lang=en', 'zh-CN')).toBe('en');
    expect(chosenLanguage('', 'en')).toBe('en');
    expect(chosenLanguage('?lang=zh', null)).toBe('zh-CN');
    expect(chosenLanguage('?lang=fr', null)).toBe('zh-CN');
  });
});

describe('times', () => {
  const chinese = timesIn('Asia/Shanghai', translator('zh-CN'), now);
  const english = timesIn('Asia/Shanghai', translator('en'), now);

  it('end at 24 o’clock of the last day', () => {
    expect(chinese.until('2026-02-20T00:00:00+08:00')).toBe('2 月 19 日 24 时');
    expect(english.until('2026-02-20T00:00:00+08:00')).toBe('end of 19 February');
    expect(chinese.until('2026-02-20T09:30:00+08:00')).toBe('2 月 20 日 09:30');
  });

  it('are in the deployment’s time zone whatever the offset given', () => {
    expect(chinese.clock(now())).toBe('12:04:31');
    expect(chinese.since('2026-02-05T01:00:00Z')).toBe('2 月 5 日 09:00');
    expect(chinese.until('2026-02-19T16:00:00+00:00')).toBe('2 月 19 日 24 时');
  });

  it('name the year only when it is another', () => {
    expect(chinese.since('2020-02-05T09:00:00+08:00')).toBe('2020 年 2 月 5 日 09:00');
    expect(english.moment('2026-02-10T09:00:00+08:00')).toBe('09:00');
    expect(english.moment('2020-02-05T09:00:00+08:00')).toBe('5 February 2020, 09:00');
    // on paper always
    expect(chinese.dated('2026-02-10T09:00:00+08:00')).toBe('2026 年 2 月 10 日 09:00');
  });
});
