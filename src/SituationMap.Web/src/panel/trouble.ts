import { ApiError } from '../api/client';
import { h } from '../dom';
import type { MessageKey, Translator } from '../i18n/messages';

/** Whether it is not there for whoever asks: it is gone, or none of his business. */
export const isNotThere = (error: unknown): boolean =>
  error instanceof ApiError && error.status !== null && [401, 403, 404, 410].includes(error.status);

/** What stands in place of what could not be fetched: why, and what to do. */
export function trouble(error: unknown, t: Translator, retry: () => void): HTMLElement {
  const status = error instanceof ApiError ? error.status : undefined;
  const message: MessageKey =
    status === null
      ? 'panel.unreachable'
      : status === 404 || status === 410
        ? 'panel.unknown'
        : status === 401 || status === 403
          ? 'panel.refused'
          : 'panel.trouble';
  if (status === undefined) console.error(error);
  return troubleOf(t(message), t('panel.retry'), retry);
}

/** A sentence and the one thing to do. */
export function troubleOf(sentence: string, action: string, run: () => void): HTMLElement {
  return h(
    'div',
    { class: 'trouble', role: 'alert' },
    h('p', {}, sentence),
    h('button', { type: 'button', onclick: run }, action),
  );
}
