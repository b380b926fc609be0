import type { DueZone } from '../api/types';
import type { Translator } from '../i18n/messages';

/** When a zone may be lowered, what that rests on, and what would reset it. */
export function LoweringClock({ due, t }: { due: DueZone; t: Translator }) {
  const said = (words: Record<string, string>) => words[t.language] ?? '';
  return (
    <section class={due.isDue ? 'lowering due' : 'lowering'} data-due={due.isDue}>
      <p>{due.words ? said(due.words) : t(due.isDue ? 'zones.due.now' : 'zones.due.later')}</p>
      {due.evidence ? (
        <ul>
          {due.evidence.needs.map((need, index) => (
            <li key={index}>
              <span aria-hidden="true">{need.isMet ? '✓ ' : '○ '}</span>
              <span class="unseen">{t(need.isMet ? 'zones.due.met' : 'zones.due.open')}</span>
              {said(need.words)}
            </li>
          ))}
        </ul>
      ) : null}
      <details>
        <summary>{t('zones.due.resets')}</summary>
        <ul>
          {due.resets.map((words, index) => (
            <li key={index}>{said(words)}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}
