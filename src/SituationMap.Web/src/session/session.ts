import { ApiError } from '../api/client';

export type Right =
  | 'see'
  | 'report'
  | 'guard'
  | 'standDuty'
  | 'dispatch'
  | 'order'
  | 'plan'
  | 'approve'
  | 'seePersons'
  | 'import'
  | 'subscribe'
  | 'operate'
  | 'audit'
  | 'administer';

/** Who this page acts for, and what it may do; `grids` is null where a right holds in the whole city. */
export interface Session {
  name: string | null;
  kind: 'local' | 'session' | 'key' | 'token' | null;
  /** Whether the token of local mode would let this browser in. */
  localMode: boolean;
  /** Whether a role of the account holds only once it has a second factor. */
  secondFactorNeeded: boolean;
  rights: { right: Right; grids: string[] | null }[];
  /** Which checkpoints a guard lets people through, at which local times; null: every one. */
  checkpoints: { code: string; from: string | null; to: string | null }[] | null;
}

export const may = (session: Session, right: Right): boolean => session.rights.some((one) => one.right === right);

/** Sends something as JSON; gives the answer's JSON, or undefined where it has none. */
export async function send<T = undefined>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      headers:
        body === undefined
          ? { Accept: 'application/json' }
          : { Accept: 'application/json', 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(null, null);
  }
  const answer = response.status === 204 ? undefined : ((await response.json().catch(() => undefined)) as unknown);
  if (!response.ok) {
    const { code, field } = (answer ?? {}) as { code?: string; field?: string };
    throw new ApiError(response.status, code ?? null, field ?? null);
  }
  return answer as T;
}

export const askSession = (): Promise<Session> => send<Session>('GET', 'api/session');
/** With `code`, that of the second factor, where the account has one. */
export const signIn = (name: string, password: string, code: string | null): Promise<Session> =>
  send<Session>('POST', 'api/session', { name, password, code });
export const signOut = (): Promise<void> => send('DELETE', 'api/session');
