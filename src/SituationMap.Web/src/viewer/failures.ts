import type { PageParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';

/** Says that something of the page went wrong: without a word, a button would seem to have done what it did not. */
export function sayFailures({ notices }: PageParts, t: Translator): void {
  const say = (cause: unknown) => {
    // what the browser merely remarks has no error, and what was broken off was so on purpose
    if (cause && (cause as Error).name !== 'AbortError') notices.show(t('page.failed'), 15_000);
  };
  addEventListener('error', ({ error }) => say(error));
  addEventListener('unhandledrejection', ({ reason }) => say(reason));
}
