import type { ComponentChildren } from 'preact';
import { looking, looks } from '../../api/types';
import type { MessageKey, Translator } from '../../i18n/messages';
import { Chip } from '../../theme/chip';
import type { Impact } from '../api/client';

interface ImpactProps {
  impact: Impact;
  t: Translator;
  /** Takes the outline without gaps and strips; where nothing is drawn there is none. */
  close?: (closed: GeoJSON.Polygon | GeoJSON.MultiPolygon) => void;
}

/** Whom a draft hits, in numbers that add up: the same households before and after. */
export function ImpactTable({ impact, t, close }: ImpactProps) {
  const { borders, inside, before, after } = impact;
  return (
    <div class="impact">
      {impact.mended.map(({ code }, index) => (
        <p key={index} class="mended">
          {t.or(`zones.mended.${code}`, t('zones.mended'))}
        </p>
      ))}
      {borders ? (
        <div class="borders">
          <p>
            {t('zones.borders', {
              n: borders.faults.length,
              m2: Math.round(borders.faults.reduce((sum, fault) => sum + fault.squareMetres, 0)),
            })}
          </p>
          {close && (
            <div class="actions">
              <button type="button" onClick={() => close(borders.closed)}>
                {t('zones.borders.close')}
              </button>
            </div>
          )}
        </div>
      ) : null}
      {impact.parts.length === 0 ? null : (
        <p>{t('zones.impact.parts', { names: impact.parts.map(({ name }) => name).join(', ') })}</p>
      )}
      <table>
        <caption>{t('zones.impact')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('card.status')}</th>
            <th scope="col">{t('zones.impact.now')}</th>
            <th scope="col">{t('zones.impact.after')}</th>
          </tr>
        </thead>
        <tbody>
          {looks.map((look) => (
            <Row key={look} from={looking(before, look)} to={looking(after, look)} t={t}>
              <Chip status={look} />
              {t(`status.${look}`)}
            </Row>
          ))}
          <Row from={total(before)} to={total(after)} t={t}>
            {t('zones.impact.sum')}
          </Row>
        </tbody>
      </table>
      {impact.notWorkedOut === 0 ? null : (
        <p>{t('zones.impact.notWorkedOut', { households: t.households(impact.notWorkedOut) })}</p>
      )}
      <dl>
        <Line
          label="zones.impact.inside"
          value={t('card.total', { households: t.households(inside.households), persons: t.persons(inside.persons) })}
          t={t}
        />
        <Line label="zones.impact.over65" value={t.persons(inside.over65)} t={t} />
        <Line label="zones.impact.children" value={t.persons(inside.childrenAlone)} t={t} />
        <Line label="zones.impact.delivery" value={t.households(impact.delivery.households)} t={t} />
        <Line
          label="zones.impact.checkpoints"
          value={t('zones.impact.checkpoints.value', {
            needed: impact.checkpointsNeeded,
            crossings: impact.crossings.length,
          })}
          t={t}
        />
      </dl>
      <List
        title={t('zones.impact.cut', { n: impact.buildingsCut.length })}
        items={impact.buildingsCut.map((one) =>
          t(one.isInside ? 'zones.impact.cut.in' : 'zones.impact.cut.out', {
            address: one.address,
            households: t.households(one.households),
          }),
        )}
      />
      <List
        title={t('zones.impact.grids', { n: impact.grids.length })}
        items={impact.grids.map((grid) => `${grid.name} · ${t.households(grid.households)}`)}
      />
      <List
        title={t('zones.impact.zones', { n: impact.zones.length })}
        items={impact.zones.map((zone) => `${zone.name} · ${t('zones.area', { n: Math.round(zone.squareMetres) })}`)}
      />
    </div>
  );
}

const total = (counts: Impact['before']): number => looks.reduce((sum, look) => sum + looking(counts, look), 0);

function Row({ from, to, t, children }: { from: number; to: number; t: Translator; children: ComponentChildren }) {
  return (
    <tr>
      <th scope="row">{children}</th>
      <td>{t.number(from)}</td>
      <td>
        <b>{t.number(to)}</b>
      </td>
    </tr>
  );
}

function Line({ label, value, t }: { label: MessageKey; value: string; t: Translator }) {
  return (
    <div>
      <dt>{t(label)}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function List({ title, items }: { title: string; items: string[] }) {
  if (items.length === 0) return null;
  return (
    <details>
      <summary>{title}</summary>
      <ul>
        {items.map((item, index) => (
          <li key={index}>{item}</li>
        ))}
      </ul>
    </details>
  );
}
