import { type BuildingMatrix, lookOf, looks, type MatrixCell } from '../api/types';
import type { Translator } from '../i18n/messages';
import { Chip } from '../theme/chip';
import { Matrix } from './matrix';

interface BuildingProps {
  matrix: BuildingMatrix;
  t: Translator;
  open: (cell: MatrixCell) => void;
}

/** A building: how many households it has, how many of them are what, and where they live. */
export function Building({ matrix, t, open }: BuildingProps) {
  const total = matrix.cells.length;
  const unsurveyed = total - matrix.surveyed;
  if (total === 0) return <p>{t('building.nobody')}</p>;
  return (
    <>
      <p class="total">
        {unsurveyed === 0
          ? t('building.households.all', { households: t.households(total) })
          : t('building.households', { households: t.households(total), unsurveyed: t.households(unsurveyed) })}
      </p>
      <ul class="tally">
        {looks.map((look) => (
          <li key={look}>
            <Chip status={look} />
            {`${t(`status.${look}`)} `}
            <b>{t.households(matrix.cells.filter((cell) => lookOf(cell) === look).length)}</b>
          </li>
        ))}
      </ul>
      <Matrix key={matrix.building} matrix={matrix} t={t} open={open} />
    </>
  );
}

/** What kind of building it is, in words. */
export function kindOf(matrix: BuildingMatrix, t: Translator): string {
  if (matrix.kind === 'shop' || matrix.kind === 'house') return t(`building.${matrix.kind}`);
  return matrix.units === 0 ? '' : t('building.slab', { floors: matrix.floors, units: matrix.units });
}
