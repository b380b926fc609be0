import type { Translator } from '../i18n/messages';
import { save } from '../ui/save';
import type { Importable, Order, Report } from './client';
import { csv, fieldName, why } from './words';

const shownRows = 8;
type Change = (order: Order) => void;

interface FindingsProps {
  findings: Report['findings'];
  order: Order;
  t: Translator;
  change: Change;
}

/** What is to be known of the file as a whole, and where something else is right, a button that says so. */
export function Findings({ findings, order, t, change }: FindingsProps) {
  return (
    <>
      {findings.map(({ code, words, refuses, crs, field, details }) => {
        const system = crs === null ? '' : t.or(`data.system.${crs}`, crs);
        const said = t
          .or(`data.finding.${code}`, words)
          .replaceAll('{crs}', system)
          .replaceAll('{details}', details ?? '')
          .replaceAll('{field}', field === null ? '' : fieldName(field, t));
        const fixes = [
          crs !== null && { label: t('data.fix.crs', { crs: system }), next: { ...order, crs, swapAxes: false } },
          code === 'axes-swapped' && { label: t('data.fix.swap'), next: { ...order, swapAxes: !order.swapAxes } },
          code === 'crs-shifted' && { label: t('data.fix.trust'), next: { ...order, trustCrs: true } },
        ].filter((fix) => fix !== false);
        return (
          <div key={`${code} ${field} ${details}`} class={refuses ? 'finding refuses' : 'finding'}>
            <p>{said}</p>
            <div class="buttons">
              {fixes.map(({ label, next }) => (
                <button key={label} type="button" onClick={() => change(next)}>
                  {label}
                </button>
              ))}
            </div>
          </div>
        );
      })}
    </>
  );
}

/** How many rows are what; they add up to the file's. */
export function Counts({ report, t }: { report: Report; t: Translator }) {
  const { rows, added, changed, unchanged, rejected, outcome } = report;
  const was = outcome === 'imported';
  const line = (change: string, label: string, n: number) => (
    <div class={n === 0 ? 'none' : ''}>
      <dt data-change={change}>{label}</dt>
      <dd data-count={change}>{t.number(n)}</dd>
    </div>
  );
  return (
    <dl class="rows">
      {line('new', t(was ? 'data.count.added' : 'data.count.new'), added)}
      {line('changed', t(was ? 'data.count.updated' : 'data.count.changed'), changed)}
      {line('same', t('data.count.same'), unchanged)}
      {line('rejected', t(was ? 'data.count.left' : 'data.count.rejected'), rejected)}
      <div class="sum">
        <dt>{t('data.count.rows')}</dt>
        <dd data-count="rows">{t.number(rows)}</dd>
      </div>
    </dl>
  );
}

/** The rows that are not taken, each with its reason, and those that were mended. */
export function Faults({ report, known, t }: { report: Report; known: Importable; t: Translator }) {
  const { rejections, mended, rejected } = report;
  const { fields } = known.collections.find(({ name }) => name === report.as)!;
  const save = () =>
    download(
      report,
      csv([
        ['row', 'code', 'field', 'fault', t('data.reason')],
        ...rejections.map((one) => [String(one.row), one.code ?? '', one.field, one.fault, why(one, fields, t)]),
      ]),
    );
  return (
    <>
      {rejected > 0 && (
        <details class="faults" open>
          <summary>{t('data.rejected', { n: rejected })}</summary>
          <ul>
            {rejections.slice(0, shownRows).map((one) => (
              <Row key={`${one.row} ${one.field}`} row={one.row} code={one.code} said={why(one, fields, t)} t={t} />
            ))}
          </ul>
          <Further of={rejected} t={t} />
          <div class="buttons">
            <button type="button" onClick={save}>
              {rejected > rejections.length ? t('data.download.first', { n: rejections.length }) : t('data.download')}
            </button>
          </div>
        </details>
      )}
      {mended.length > 0 && (
        <details class="faults">
          <summary>{t('data.mended', { n: mended.length })}</summary>
          <ul>
            {mended.slice(0, shownRows).map(({ row, code, what }) => (
              <Row
                key={`${row} ${what}`}
                row={row}
                code={code}
                said={t('data.mended.what', { where: / at (.*)$/.exec(what)?.[1] ?? what })}
                t={t}
              />
            ))}
          </ul>
          <Further of={mended.length} t={t} />
        </details>
      )}
    </>
  );
}

function Row({ row, code, said, t }: { row: number; code: string | null; said: string; t: Translator }) {
  return (
    <li>
      <span class="second">
        {t('data.row', { n: row })}
        {code === null ? '' : ` · ${code}`}
      </span>
      <span>{said}</span>
    </li>
  );
}

/** How many there are beyond those shown. */
function Further({ of, t }: { of: number; t: Translator }) {
  return of > shownRows ? <p class="second">{t('data.more', { n: of - shownRows })}</p> : null;
}

function download({ file }: Report, text: string): void {
  save(new Blob([text], { type: 'text/csv' }), `${file.replace(/\.[^.]*$/, '')}-rejected.csv`);
}
