import type { Translator } from '../../i18n/messages';

/** Says that other zones have the name, and which: whoever reads it out over the radio would be misunderstood. */
export function Namesakes({ codes, t }: { codes: readonly string[]; t: Translator }) {
  return codes.length === 0 ? null : (
    <p class="warning" role="status">
      {t('zones.namesakes', { codes: codes.join(t('list.separator')) })}
    </p>
  );
}
