import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Box } from '../api/types';
import type { SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import type { Importable, Order, Report } from './client';
import { fieldName } from './words';

const shownColumns = 12;

/** What was read of a file so far. */
export type Read = Pick<Report, 'layers' | 'layer' | 'crs' | 'columns' | 'mapping' | 'unused' | 'findings'>;

interface ReadingProps {
  known: Importable;
  order: Order;
  read: Read | null;
  session: SessionParts;
  change: (order: Order) => void;
}

/** How the file is read: its layer, its coordinate system, and which column is what; each can be changed. */
export function Reading({ known, order, read, session, change }: ReadingProps) {
  const { t, coveredArea } = session;
  const { fields, placeFields } = known.collections.find(({ name }) => name === order.as)!;
  const crs = order.crs ?? read?.crs ?? null;
  const isOpen =
    read === null ||
    read.findings.some(({ code }) => code === 'field-unmapped' || code === 'layer-unknown') ||
    order.map.size > 0 ||
    order.crs !== null;
  const systems = known.systems
    .filter(({ code, area }) => code === crs || coveredArea.grid === null || overlap(area, coveredArea.bounds))
    .map(({ code, name }) => ({ value: code, label: t.or(`data.system.${code}`, `${code} · ${name}`) }));
  const columns = [...fields, ...placeFields.map((name) => ({ name, isRequired: false }))];
  return (
    <details class="reading" open={isOpen}>
      <summary>{t('data.reading')}</summary>
      {read && read.layers.length > 0 && (
        <Choice
          id="import-layer"
          label={t('data.layer')}
          none={t('data.choose')}
          value={read.layer}
          options={read.layers.map((name) => ({ value: name, label: name }))}
          chosen={(layer) => change({ ...order, layer, map: new Map() })}
        />
      )}
      {placeFields.length > 0 && (
        <Choice
          id="import-crs"
          label={t('data.crs')}
          none={t('data.choose')}
          value={crs}
          options={systems}
          chosen={(code) => change({ ...order, crs: code, trustCrs: false })}
        />
      )}
      {placeFields.length > 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={order.swapAxes}
            onChange={(event) => change({ ...order, swapAxes: event.currentTarget.checked })}
          />
          {t('data.swap')}
        </label>
      )}
      {read && read.columns.length > 0 && (
        <>
          <h3>{t('data.columns')}</h3>
          {columns.map(({ name, isRequired }) => (
            <Column key={name} field={name} isRequired={isRequired} order={order} read={read} t={t} change={change} />
          ))}
          <Unused columns={read.unused} t={t} />
        </>
      )}
    </details>
  );
}

function Unused({ columns, t }: { columns: string[]; t: Translator }) {
  if (columns.length === 0) return null;
  const said = columns.slice(0, shownColumns).join(t('list.separator'));
  return (
    <p class="second">
      {t(columns.length > shownColumns ? 'data.unused.more' : 'data.unused', {
        columns: said,
        n: columns.length - shownColumns,
      })}
    </p>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  /** What stands there while nothing is chosen. */
  none: string;
  value: string | null;
  options: { value: string; label: string }[];
  chosen: (value: string | null) => void;
}

function Choice({ id, label, none, value, options, chosen }: ChoiceProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value ?? ''} onChange={(event) => chosen(event.currentTarget.value || null)}>
        {value === null ? <option value="">{none}</option> : null}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface ColumnProps {
  field: string;
  isRequired: boolean;
  order: Order;
  read: Read;
  t: Translator;
  change: (order: Order) => void;
}

/** Where one field comes from: a column, a text, or nowhere. */
function Column({ field, isRequired, order, read, t, change }: ColumnProps) {
  const id = `import-field-${field}`;
  const mapped = read.mapping.find((one) => one.field === field);
  const assigned = order.map.get(field);
  const text = assigned && 'text' in assigned && assigned.text !== '' ? assigned.text : null;
  const isWriting = useSignal(text !== null);
  const written = useRef<HTMLInputElement>(null);
  const to = (from: { column: string } | { text: string }) =>
    change({ ...order, map: new Map(order.map).set(field, from) });
  const choose = (value: string) => {
    isWriting.value = value === 'text';
    if (value === 'text') {
      written.current!.focus();
      to({ text: written.current!.value });
    } else to(value === '' ? { text: '' } : { column: value.slice(1) });
  };
  return (
    <div class="column">
      <label for={id}>
        {fieldName(field, t)}
        {isRequired ? <span class="second">{` · ${t('data.required')}`}</span> : null}
      </label>
      <div>
        <select
          id={id}
          value={isWriting.value ? 'text' : mapped?.column ? `=${mapped.column}` : ''}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">{t('data.column.none')}</option>
          {read.columns
            .filter((name) => name !== '')
            .map((name) => (
              <option key={name} value={`=${name}`}>
                {name === '(geometry)' ? t('data.column.geometry') : name}
              </option>
            ))}
          <option value="text">{t('data.column.text')}</option>
        </select>
        {mapped?.isGuessed ? <span class="second">{t('data.guessed')}</span> : null}
        <input
          ref={written}
          id={`${id}-text`}
          defaultValue={text ?? '{row}'}
          hidden={!isWriting.value}
          aria-label={t('data.text.of', { field: fieldName(field, t), row: '{row}' })}
          onChange={(event) => to({ text: event.currentTarget.value })}
        />
      </div>
    </div>
  );
}

const overlap = ([w, s, e, n]: Box, [west, south, east, north]: Box): boolean =>
  w <= east && e >= west && s <= north && n >= south;
