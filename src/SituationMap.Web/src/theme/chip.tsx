import type { Status } from '../api/types';
import { letters } from './theme';

/** The small square with a status's colour and letter. */
export function Chip({ status, large = false }: { status: Status; large?: boolean }) {
  return (
    <span class={`chip ${status}${large ? ' large' : ''}`} aria-hidden="true">
      {letters[status]}
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
