import type { Translator } from '../i18n/messages';

/** Which members, as the forms call them, where there are several; empty where there is nothing to tell apart. */
export function whose(
  items: readonly { person: string | null }[],
  { members }: { members: string[] | null },
  t: Translator,
): string {
  const persons = items.flatMap(({ person }) => person ?? []);
  if (persons.length === 0 || !members || members.length < 2) return '';
  if (persons.length === members.length) return t('work.everybody');
  const numbers = persons.map((person) => members.indexOf(person) + 1).join(t('work.and'));
  return t('household.overdue.of', { member: t('household.member', { n: numbers }) });
}
