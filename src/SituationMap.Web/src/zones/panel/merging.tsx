import type { SessionParts } from '../../frame/parts';
import type { Stale } from '../api/client';
import { boundsOf, type Outline, outlineOf, toGeoJson } from '../geometry/outline';
import type { Shown } from '../map/layers';
import { differing, mergedOutline, mergedText, type Said, theirs } from '../sheet/merge';
import type { SheetZone } from '../sheet/sheet';
import { shown } from './drawn';

/** What two people made of one zone. */
export interface Conflict {
  mine: SheetZone;
  /** What the server has now; null: the zone is gone. */
  their: (Said & { outline: Outline }) | null;
  /** What both began with. */
  base: Stale['base'];
  began: Outline | null;
  author: string | undefined;
  etag: string;
}

export function conflictOf(mine: SheetZone, { current, base }: Stale): Conflict {
  const text = current.draft ?? current.inForce;
  return {
    mine,
    their: text ? theirs(text) : null,
    base,
    began: base ? outlineOf(base.outline) : null,
    author: current.draft?.authors.at(-1) ?? current.inForce?.author,
    etag: current.etag,
  };
}

/** Both sides and what they began with, on the map. */
export const conflictOnMap = ({ mine, their, base }: Conflict): Shown[] => [
  shown('zone', toGeoJson(mine.outline)),
  ...(their ? [shown('theirs', toGeoJson(their.outline))] : []),
  ...(base ? [shown('base', base.outline)] : []),
];

export const conflictBounds = ({ mine, their, began }: Conflict): ReturnType<typeof boundsOf> =>
  boundsOf([...mine.outline, ...(their?.outline ?? []), ...(began ?? [])]);

interface MergingProps {
  conflict: Conflict;
  session: SessionParts;
  /** Goes on with this, based on what the server has now. */
  take: (zone: SheetZone) => void;
  /** Goes on without the zone. */
  drop: () => void;
}

/**
 * Somebody else saved meanwhile: mine, theirs and what both began with are on the map and in words, and a person
 * chooses.
 */
export function Merging({ conflict, session, take, drop }: MergingProps) {
  const { mine, their, base, began, author, etag } = conflict;
  const { t } = session;
  const sides = (['mine', 'theirs', ...(began ? ['base' as const] : [])] as const).map((side) => (
    <li key={side}>
      <span class={`side-${side}`} aria-hidden="true" />
      {t(`zones.merge.key.${side}`)}
    </li>
  ));
  const button = (label: string, made: Said & { outline: Outline }) => (
    <button type="button" onClick={() => take({ ...mine, ...made, base: their?.outline ?? null, etag })}>
      {label}
    </button>
  );
  return (
    <div class="merging">
      <p>
        {author === undefined
          ? t('zones.merge.hint', { name: mine.name })
          : t('zones.merge.who', { name: mine.name, author })}
      </p>
      {their ? <ul class="key">{sides}</ul> : <p>{t('zones.merge.gone')}</p>}
      {their && <Differences mine={mine} their={their} session={session} />}
      <div class="actions column">
        {their &&
          button(t('zones.merge.both'), {
            ...mergedText(mine, their, base),
            outline: mergedOutline(mine.outline, their.outline, began),
          })}
        {button(t('zones.merge.mine'), mine)}
        {their && button(t('zones.merge.theirs'), their)}
        <button type="button" onClick={drop}>
          {t('zones.merge.drop')}
        </button>
      </div>
      <p class="hint">{t('zones.merge.next')}</p>
    </div>
  );
}

/** What both say of the zone, where they differ. */
function Differences({ mine, their, session }: { mine: Said; their: Said; session: SessionParts }) {
  const { t, times, coveredArea } = session;
  const keys = differing(mine, their);
  if (keys.length === 0) return null;
  const say = (key: keyof Said, value: string | null) => {
    if (value === null || value === '') return '–';
    if (key === 'level') return coveredArea.zoneLevels.find(({ id }) => id === value)?.name[t.language] ?? value;
    return key === 'from' || key === 'to' ? times.since(value) : value;
  };
  return (
    <table>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('zones.merge.column.mine')}</th>
          <th scope="col">{t('zones.merge.column.theirs')}</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key}>
            <th scope="row">{t(`zones.merge.${key}`)}</th>
            <td>{say(key, mine[key])}</td>
            <td>{say(key, their[key])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
