// npm run types: writes src/api/schema.d.ts from src/api/openapi.json. The generator needs the compiler's API of
// TypeScript 5, so both are fetched beside our own packages. The first line says of what it was made; a test compares it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (name) => fileURLToPath(new URL(`../src/api/${name}`, import.meta.url));
const packages = ['openapi-typescript@7.13.0', 'typescript@5.9.3'].map((name) => `--package=${name}`);
const options = ['--array-length', '--empty-objects-unknown'];
const generate = ['openapi-typescript', at('openapi.json'), ...options];
const types = execFileSync('npm', ['exec', '--yes', ...packages, '--', ...generate], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 64 << 20,
});
const digest = createHash('sha256')
  .update(readFileSync(at('openapi.json')))
  .digest('hex');
writeFileSync(at('schema.d.ts'), `// made by npm run types of openapi.json ${digest}\n${types}`);
