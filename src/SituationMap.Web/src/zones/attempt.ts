import { ApiError } from '../api/client';
import type { Viewer } from '../frame/parts';
import { Stale } from './api/client';

/**
 * Does something on the server, and says in words what speaks against it.
 * @param stale what is done besides where somebody else has changed the zone meanwhile
 */
export async function attempt(
  { notices, t }: Pick<Viewer, 'notices' | 't'>,
  action: () => Promise<void>,
  stale?: () => void,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Stale) {
      notices.show(t('zones.stale'), 8_000);
      stale?.();
    } else if (error instanceof ApiError) {
      const { status, code } = error;
      if (status === null) notices.show(t('panel.unreachable'), 8_000);
      else {
        const otherwise = status === 403 ? 'panel.refused' : status < 500 ? 'zones.refused' : 'panel.trouble';
        notices.show(t.or(`zones.fault.${code}`, t(otherwise)), 8_000);
      }
    } else throw error;
  }
}
