import type { Translator } from '../i18n/messages';
import type { Collection, CollectionField, RejectedRow } from './client';

/** What the files' names say they hold, as people call them. */
const names: [Collection, RegExp][] = [
  ['persons', /person|people|resident|人员|人口|居民/i],
  ['households', /household|户/i],
  ['checkpoints', /checkpoint|gate|卡口|卡点|门/i],
  ['zones', /zone|risk|风险/i],
  ['buildings', /building|dorm|canteen|house|楼|建筑|房/i],
  ['grids', /grid|outline|boundar|district|community|网格|社区|街道|边界/i],
];

/** What a file seems to hold by its name; null: it says nothing. */
export const guess = (file: string): Collection | null => names.find(([, pattern]) => pattern.test(file))?.[0] ?? null;

export const fieldName = (field: string, t: Translator): string => t.or(`data.field.${field}`, field);

/** Why a row is not taken, in a sentence. */
export function why({ field, fault, expected }: RejectedRow, fields: CollectionField[], t: Translator): string {
  const known = fields.find(({ name }) => name === field);
  const name = fieldName(field === 'x, y' ? 'wkt' : field, t);
  if (fault === 'field-missing') return t('data.row.field-missing', { field: name });
  if (fault === 'value-wrong' && known) return t('data.row.value-wrong', { field: name, expected: wanted(known, t) });
  const where = / at (-?[\d.]+, -?[\d.]+)/.exec(expected)?.[1];
  if (fault === 'geometry-invalid' && where) return t('data.row.geometry-invalid.at', { where });
  if (fault === 'code-repeated') return t('data.row.code-repeated', { row: /row (\d+)/.exec(expected)?.[1] ?? '' });
  return t.or(`data.row.${fault}`, `${name}: ${expected}`);
}

function wanted({ kind, least, most, choices }: CollectionField, t: Translator): string {
  if (kind === 'number') return t('data.wanted.number', { least, most });
  if (kind === 'choice') return t('data.wanted.choice', { choices: choices.join(t('list.separator')) });
  if (kind === 'year') return t('data.wanted.year', { least: String(least), most: String(most) });
  return t(`data.wanted.${kind}`);
}

/** A table for a spreadsheet; a cell that it would run as a formula begins with an apostrophe. */
export function csv(rows: string[][]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
