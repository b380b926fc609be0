import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

/** Each folder may use only those that stand before it, so that no two can come to need each other. */
const fromTheGroundUp = [
  ...['api', 'i18n', 'ui', 'theme', 'session', 'live'],
  ...['frame', 'map', 'legend', 'access', 'administration', 'doors'],
  ...[
    'layers',
    'coordinates',
    'measure',
    'views',
    'panel',
    'table',
    'situation',
    'changes',
    'work',
    'duty',
    'alarms',
    'search',
    'replay',
    'print',
    'kiosk',
    'help',
  ],
  ...['imports', 'zones/geometry', 'zones/api', 'zones/sheet', 'zones/map', 'zones/panel', 'zones'],
  'offline',
  'phone',
  'gate',
  'resident',
  'viewer',
];

const source = join(import.meta.dirname, '..', 'src');

/** What each file uses of the others, for its types too. */
const uses = new Map(
  readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => [file, importsOf(file)]),
);

it('knows the floor of every folder', () => {
  const folders = new Set([...uses.keys()].map(dirname));
  expect([...folders].sort()).toEqual([...fromTheGroundUp].sort());
});

it('has no folder that uses one above it', () => {
  const floor = (file: string) => fromTheGroundUp.indexOf(dirname(file));
  const upward = [...uses].flatMap(([user, used]) =>
    used.filter((file) => floor(file) > floor(user)).map((file) => `${user} uses ${file}`),
  );
  expect(upward).toEqual([]);
});

it('has no circle of files', () => {
  expect(circles()).toEqual([]);
});

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const paths = [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^'?]+)/g)].map((match) => match[1]!);
  return paths.flatMap((path) => {
    const used = join(source, dirname(file), path);
    const found = ['.ts', '.tsx'].map((extension) => used + extension).find((one) => existsSync(one));
    return found ? [relative(source, found)] : []; // what is no code has no floor
  });
}

/** The ways along which a file comes back to itself, each once. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const follow = (file: string, way: string[]): void => {
    const begun = way.indexOf(file);
    if (begun >= 0) found.push([...way.slice(begun), file].join(' -> '));
    if (begun >= 0 || done.has(file)) return;
    for (const used of uses.get(file) ?? []) follow(used, [...way, file]);
    done.add(file);
  };
  for (const file of uses.keys()) follow(file, []);
  return found;
}
