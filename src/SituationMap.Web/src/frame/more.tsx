import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { Translator } from '../i18n/messages';

interface MoreProps {
  /** The link to what comes next; null: there is nothing, and no button. */
  next: ReadonlySignal<string | null>;
  more: () => Promise<void>;
  t: Translator;
}

/** The button at the end of a list of which there is more; where that cannot be fetched it stays to be pressed again. */
export function More({ next, more, t }: MoreProps) {
  const asking = useSignal(false);
  if (next.value === null) return null;
  const ask = async () => {
    asking.value = true;
    await more().catch(() => undefined);
    asking.value = false;
  };
  return (
    <button type="button" class="quiet" disabled={asking.value} onClick={() => void ask()}>
      {t('list.more')}
    </button>
  );
}
