import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { api } from '../api/client';
import type { ReportedFact, ReportedFactsPage } from '../api/types';
import type { SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import { may } from '../session/session';
import { followUpOf, retractionOf } from './forms';
import { type Report, ReportButton } from './report';

const wrong = 60_000; // ms, by which a clock is worth telling

interface FactsProps {
  household: string;
  members: readonly string[];
  /** What was fetched of the household last; with it the facts are fetched anew. */
  fetched: unknown;
  viewer: SessionParts;
  /** The form that is open; null: the reader may not report. */
  report: Signal<Report | null> | null;
}

/** What was reported of a household, newest first, to be taken back where it was wrong. Asked for only while it is open. */
export function Facts({ household, members, fetched, viewer, report }: FactsProps) {
  const { t } = viewer;
  const open = useSignal(false);
  const pages = useSignal<readonly ReportedFactsPage[] | 'loading' | 'failed'>('loading');
  const latest = useSignal(fetched);
  latest.value = fetched;
  useSignalEffect(() => {
    if (!open.value || latest.value === null) return;
    let isLatest = true;
    api.facts(household).then(
      (page) => {
        if (isLatest) pages.value = [page];
      },
      () => {
        if (isLatest && pages.peek() === 'loading') pages.value = 'failed';
      },
    );
    return () => {
      isLatest = false;
    };
  });
  const known = pages.value;
  const next = typeof known === 'string' ? null : known.at(-1)!.next;
  const more = async () => {
    if (next === null || typeof known === 'string') return;
    // stays to be pressed again
    const page = await api.more<ReportedFactsPage>(next).catch(() => null);
    if (page && pages.peek() === known) pages.value = [...known, page];
  };
  return (
    <details
      class="facts"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>{t('facts.title')}</summary>
      {typeof known === 'string' ? (
        <p class="second">{t(known === 'loading' ? 'panel.loading' : 'list.failed')}</p>
      ) : (
        <ol>
          {known
            .flatMap(({ facts }) => facts)
            .map((fact) => (
              <Row key={fact.id} fact={fact} household={household} members={members} viewer={viewer} report={report} />
            ))}
        </ol>
      )}
      {typeof known !== 'string' && known[0]!.facts.length === 0 ? <p class="second">{t('facts.none')}</p> : null}
      {next === null ? null : (
        <button type="button" class="quiet" onClick={() => void more()}>
          {t('list.more')}
        </button>
      )}
    </details>
  );
}

interface RowProps extends Pick<FactsProps, 'household' | 'members' | 'viewer' | 'report'> {
  fact: ReportedFact;
}

function Row({ fact, household, members, viewer: { t, times, session }, report }: RowProps) {
  const { kind, at, clock, receivedAt, source, person, retractedBy } = fact;
  const member = person === null ? -1 : members.indexOf(person);
  const followUp = retractedBy === null ? followUpOf(fact, may(session, 'order')) : null;
  const what = [
    t.or(`facts.kind.${kind}`, kind),
    ...(member < 0 ? [] : [t('household.member', { n: member + 1 })]),
    ...Object.entries(fact.data as Record<string, unknown>).map(([name, value]) => inWords(name, value, t, times)),
  ];
  return (
    <li class={retractedBy === null ? undefined : 'retracted'} data-fact={fact.id}>
      <p>
        <span class="what">{what.filter((part) => part !== null).join(' · ')}</span>
        <time dateTime={at}>{times.moment(at)}</time>
      </p>
      <p class="second">
        {t('facts.received', { source, time: times.moment(receivedAt) })}
        {clock !== null && Math.abs(Date.parse(clock) - Date.parse(at)) >= wrong
          ? ` · ${t('facts.clock', { time: times.moment(clock) })}`
          : ''}
      </p>
      {retractedBy === null ? null : <p class="second">{t('facts.retracted')}</p>}
      {report && followUp && (
        <ReportButton form={followUp} household={household} report={report} label={t(followUp.title)} quiet />
      )}
      {report && (may(session, 'order') || !isDecided(fact)) && (
        <ReportButton
          form={retractionOf(retractedBy ?? fact.id, retractedBy !== null)}
          household={household}
          report={report}
          label={t(retractedBy === null ? 'report.retraction' : 'report.restore')}
          quiet
        />
      )}
    </li>
  );
}

/** Whether it is taken back by those only who may order: not a proposal, unless somebody has confirmed it, which the server knows. */
const isDecided = ({ kind, data }: ReportedFact): boolean =>
  kind === 'release' || (kind === 'order' && (data as { proposed?: boolean }).proposed !== true);

/** A field of a fact's data; null: it names another fact, which says nothing to a reader. */
function inWords(name: string, value: unknown, t: Translator, times: SessionParts['times']): string | null {
  if (['fact', 'order', 'confirms', 'need', 'about', 'objection', 'work'].includes(name)) return null;
  const text = String(value);
  const words = t.or(`report.${name}.${text}`, t.or(`${name}.${text}`, ''));
  if (words !== '') return words;
  const isInstant = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  // when a pass counts, and not from where or to where somebody went
  const label = isInstant && (name === 'from' || name === 'to') ? `pass.${name}` : name === 'at' ? 'workplace' : name;
  return `${t.or(`field.${label}`, name)} ${isInstant ? times.moment(value) : text}`;
}
