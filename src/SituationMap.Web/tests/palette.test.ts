import {
  type Color,
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  filterDeficiencyTrit,
  parse,
  wcagContrast,
} from 'culori';
import { describe, expect, it } from 'vitest';
import palette from '../../../tiles/palette.json';
import { statuses } from '../src/api/types';

const distance = differenceCiede2000();
// culori's filters are those of Machado, Oliveira and Fernandes 2009; 1 is full strength
const sights: Record<string, (colour: Color) => Color> = {
  normal: (colour) => colour,
  protan: filterDeficiencyProt(1),
  deutan: filterDeficiencyDeuter(1),
  tritan: filterDeficiencyTrit(1),
};

describe.each(['light', 'dark'] as const)('the %s palette', (theme) => {
  const colours = palette.default[theme];

  it.each(Object.entries(sights))('tells every two statuses apart in %s sight', (_, see) => {
    for (const [index, one] of statuses.entries())
      for (const other of statuses.slice(index + 1))
        expect(
          distance(see(parse(colours[one])!), see(parse(colours[other])!)),
          `${one} and ${other}`,
        ).toBeGreaterThanOrEqual(20);
  });

  it.each(Object.entries(sights))('tells what nobody has visited from every status in %s sight', (_, see) => {
    for (const status of statuses)
      expect(distance(see(parse(colours.unvisited)!), see(parse(colours[status])!)), status).toBeGreaterThanOrEqual(9);
  });

  it.each(['default', 'classic'] as const)('has readable letters and words (%s)', (name) => {
    const all: Record<string, string> = { ...colours, ...palette[name][theme] };
    for (const status of statuses) {
      expect(wcagContrast(all[status]!, all[`${status}-letter`]!), `letter of ${status}`).toBeGreaterThanOrEqual(4.5);
      expect(
        wcagContrast(all.ground!, all[`${status}-text`]!),
        `${status} as text on the ground`,
      ).toBeGreaterThanOrEqual(4.5);
      expect(wcagContrast(all.panel!, all[`${status}-text`]!), `${status} as text on a panel`).toBeGreaterThanOrEqual(
        4.5,
      );
    }
    for (const text of ['text', 'text-second']) {
      expect(wcagContrast(all.panel!, all[text]!), `${text} on a panel`).toBeGreaterThanOrEqual(4.5);
      expect(wcagContrast(all.ground!, all[text]!), `${text} on the ground`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('has the classic palette told apart in normal sight', () => {
    const classic = palette.classic[theme];
    for (const [index, one] of statuses.entries())
      for (const other of statuses.slice(index + 1))
        expect(distance(classic[one], classic[other])).toBeGreaterThanOrEqual(20);
  });
});
