import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../src/api/${name}`, import.meta.url), 'utf8');

it('the types are made of the description that the server gives: npm run types', () => {
  const digest = createHash('sha256').update(read('openapi.json')).digest('hex');
  expect(read('schema.d.ts').split('\n', 1)[0]).toBe(`// made by npm run types of openapi.json ${digest}`);
});
