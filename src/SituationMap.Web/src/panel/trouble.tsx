import { ApiError } from '../api/client';
import type { MessageKey, Translator } from '../i18n/messages';

/** Whether it is not there for whoever asks: it is gone, or none of his business. */
export const isNotThere = (error: unknown): boolean =>
  error instanceof ApiError && error.status !== null && [401, 403, 404, 410].includes(error.status);

/** What stands in place of what could not be fetched: why, and what to do. */
export function Trouble({ error, t, retry }: { error: unknown; t: Translator; retry: () => void }) {
  return <Sentence sentence={t(messageOf(error))} action={t('panel.retry')} run={retry} />;
}

function messageOf(error: unknown): MessageKey {
  const status = error instanceof ApiError ? error.status : undefined;
  if (status === null) return 'panel.unreachable';
  if (status === 404 || status === 410) return 'panel.unknown';
  return status === 401 || status === 403 ? 'panel.refused' : 'panel.trouble';
}

/** A sentence and the one thing to do. */
export function Sentence({ sentence, action, run }: { sentence: string; action: string; run: () => void }) {
  return (
    <div class="trouble" role="alert">
      <p>{sentence}</p>
      <button type="button" onClick={run}>
        {action}
      </button>
    </div>
  );
}
