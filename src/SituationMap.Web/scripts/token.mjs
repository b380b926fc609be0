import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What proves to the server in local mode that a program is its user's: from its data folder, as the README's first
 * command makes it or SituationMap__DataFolder says. Null: there is none.
 */
export function localToken() {
  const folder =
    process.env.SituationMap__DataFolder ?? fileURLToPath(new URL('../../../.situationmap', import.meta.url));
  try {
    return readFileSync(`${folder}/local.token`, 'utf8').trim();
  } catch {
    return null;
  }
}
