import type { Look } from '../api/types';
import { letters } from './theme';

/** The small square with a status's colour and letter; nothing is known where nobody was, so that there is none. */
export function Chip({ status, large = false }: { status: Look; large?: boolean }) {
  return (
    <span class={`chip ${status}${large ? ' large' : ''}`} aria-hidden="true">
      {status === 'unvisited' ? '\u200b' /* stands on the line as the others do */ : letters[status]}
    </span>
  );
}

/** The square of something that is no status: a zone, a checkpoint, a layer. */
export function Sign({ kind }: { kind: string }) {
  return (
    <span class={`chip ${kind}`} aria-hidden="true">
      {kind === 'post' ? letters.checkpoint : ''}
    </span>
  );
}
