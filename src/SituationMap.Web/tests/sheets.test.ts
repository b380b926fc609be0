import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import colours from '../../../tiles/palette.json';

const source = join(import.meta.dirname, '..', 'src');
const sheets = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.css'))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

describe('the style sheets', () => {
  it('use no name for a measure or a colour that is defined nowhere', () => {
    const defined = new Set([
      ...Object.keys(colours.default.light).map((name) => `--${name}`),
      ...sheets.flatMap(({ text }) => [...text.matchAll(/(?<=[\s{])(--[\w-]+):/g)].map((match) => match[1]!)),
    ]);
    const unknown = sheets.flatMap(({ file, text }) =>
      [...text.matchAll(/var\((--[\w-]+)/g)]
        .filter((match) => !defined.has(match[1]!))
        .map((match) => `${file}: ${match[1]}`),
    );
    expect(unknown).toEqual([]);
  });

  it('ask for nothing that the page does not do', () => {
    const mode = readFileSync(join(source, 'frame', 'mode.ts'), 'utf8');
    const doing = [.../export type Doing = ([^;]+);/.exec(mode)![1]!.matchAll(/'(\w+)'/g)].map((match) => match[1]!);
    const asked = sheets.flatMap(({ text }) => [...text.matchAll(/data-mode~="(\w+)"/g)].map((match) => match[1]!));
    expect(doing).toEqual(expect.arrayContaining([...new Set(asked)]));
    expect(asked).toContain('side');
  });

  it('lay nothing over anything by a bare number', () => {
    const bare = sheets.flatMap(({ file, text }) =>
      [...text.matchAll(/z-index: (?!var\()([^;]+)/g)].map((match) => `${file}: ${match[1]}`),
    );
    expect(bare).toEqual([]);
  });

  it('are all on the page', () => {
    const users = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(tsx?|css)$/.test(file),
    );
    const texts = [...users, '../index.html', '../m.html', '../g.html'].map((file) =>
      readFileSync(join(source, file), 'utf8'),
    );
    const unused = sheets.filter(({ file }) => !texts.some((text) => text.includes(`/${basename(file)}`)));
    expect(unused.map(({ file }) => file)).toEqual([]);
  });
});
