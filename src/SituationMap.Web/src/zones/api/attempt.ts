import { ApiError } from '../../api/client';
import type { Viewer } from '../../frame/parts';
import { Stale } from './client';

/** What a refusal means, in words. */
export function refusal({ status, code }: ApiError, t: Viewer['t']): string {
  if (status === null) return t('panel.unreachable');
  const otherwise = status === 403 ? 'panel.refused' : status < 500 ? 'zones.refused' : 'panel.trouble';
  return t.or(`zones.fault.${code}`, t.or(`fault.${code}`, t(otherwise)));
}

/**
 * Does something on the server, and says in words what speaks against it.
 * @param stale what is done besides where somebody else has changed the zone meanwhile
 * @param marked whether the field that is wrong says it itself
 */
export async function attempt(
  { notices, t }: Pick<Viewer, 'notices' | 't'>,
  action: () => Promise<void>,
  stale?: () => void,
  marked?: (error: ApiError) => boolean,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Stale) {
      notices.show(t('zones.stale'), 8_000);
      stale?.();
    } else if (error instanceof ApiError) {
      if (!marked?.(error)) notices.show(refusal(error, t), 8_000);
    } else throw error;
  }
}
