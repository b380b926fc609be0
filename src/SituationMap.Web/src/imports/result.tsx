import type { SessionParts } from '../frame/parts';
import type { Importable, Order, Report } from './client';
import { Counts, Faults, Findings } from './parts';
import { Reading } from './reading';

/** What came of reading a file: a report to look at, that it is imported, or that nothing could be read. */
export type Result = { report: Report } | { done: Report } | { code: string; expected: string | null; words: string };

export interface ResultActions {
  /** Reads the file some other way. */
  change: (order: Order) => void;
  retry: () => void;
  /** Imports what was checked. */
  start: () => void;
  zoom: (report: Report) => void;
  another: () => void;
}

interface ResultProps {
  result: Result;
  known: Importable | null;
  order: Order | null;
  viewer: SessionParts;
  actions: ResultActions;
}

export function ResultView(props: ResultProps) {
  const { result, known, order } = props;
  if ('report' in result) return <Checked {...props} known={known!} order={order!} report={result.report} />;
  if ('done' in result) return <Done {...props} known={known!} report={result.done} />;
  return <Failed {...props} {...result} />;
}

/** Nothing could be read; where another coordinate system may help, that is asked for. */
function Failed({
  code,
  expected,
  words,
  known,
  order,
  viewer,
  actions,
}: ResultProps & { code: string; expected: string | null; words: string }) {
  return (
    <>
      <p class="fault" role="alert">
        {words}
      </p>
      {code === 'crs-unknown' && (
        <>
          <p class="second" lang="en">
            {expected}
          </p>
          {known && order && (
            <Reading known={known} order={order} read={null} session={viewer} change={actions.change} />
          )}
        </>
      )}
      <div class="buttons">
        <button type="button" onClick={actions.retry}>
          {viewer.t('panel.retry')}
        </button>
      </div>
    </>
  );
}

interface ReportProps extends ResultProps {
  known: Importable;
  report: Report;
}

function Checked({ report, known, order, viewer, actions }: ReportProps & { order: Order }) {
  const { t } = viewer;
  const { change } = actions;
  const writes = report.added + report.changed;
  return (
    <>
      <Findings findings={report.findings} order={order} t={t} change={change} />
      {report.rows > 0 && !report.findings.some(({ refuses }) => refuses) ? <Counts report={report} t={t} /> : null}
      <Faults report={report} known={known} t={t} />
      {report.rejected > 0 ? (
        <label class="check">
          <input
            type="checkbox"
            checked={order.skipRejected}
            onChange={(event) => change({ ...order, skipRejected: event.currentTarget.checked })}
          />
          {t('data.skip')}
        </label>
      ) : null}
      {report.outcome === 'ready' ? (
        <div class="buttons">
          {writes > 0 ? (
            <button type="button" class="primary" onClick={actions.start}>
              {t(writes === 1 ? 'data.start.one' : 'data.start', { n: writes })}
            </button>
          ) : (
            <p>{t('data.nothing')}</p>
          )}
        </div>
      ) : null}
      <Reading known={known} order={order} read={report} session={viewer} change={change} />
    </>
  );
}

function Done({ report, known, viewer: { t, coveredArea }, actions }: ReportProps) {
  const isFirst = coveredArea.grid === null;
  return (
    <>
      <Counts report={report} t={t} />
      <Faults report={report} known={known} t={t} />
      <p class="second">{t(isFirst ? 'data.done.first' : 'data.done.follows')}</p>
      <div class="buttons">
        {isFirst ? (
          // what the page is a map of is asked for when it opens
          <button type="button" class="primary" onClick={() => location.replace(location.pathname + location.search)}>
            {t('data.open')}
          </button>
        ) : report.bounds ? (
          <button type="button" class="primary" onClick={() => actions.zoom(report)}>
            {t('data.zoom')}
          </button>
        ) : null}
        <button type="button" onClick={actions.another}>
          {t('data.another')}
        </button>
      </div>
    </>
  );
}
