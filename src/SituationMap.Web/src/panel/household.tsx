import type { Signal } from '@preact/signals';
import { type Because, type HistoryPage, type HouseholdDetail, type HouseholdStatus, lookOf } from '../api/types';
import { DoorCodeButton } from '../doors/cards';
import type { PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { may } from '../session/session';
import { Chip } from '../theme/chip';
import { Facts } from './facts';
import { asProposed, confirmationOf, dueOf, forms, furtherForms, makeUpOf, releaseOf } from './forms';
import { History } from './history';
import { Members } from './members';
import { type Report, ReportButton, ReportForm, sourceOf } from './report';

/** What was fetched of a household. */
export interface Household {
  household: HouseholdDetail;
  status: HouseholdStatus;
  history: HistoryPage;
}

interface HouseholdViewProps {
  parts: Household;
  viewer: SessionParts & PageParts;
  /** The form that is open. */
  report: Signal<Report | null>;
  /** Something was reported. */
  done: () => void;
}

/** One household: its status, from when to when, why, what changed, and what can be done about it. */
export function HouseholdView({ parts, viewer, report, done }: HouseholdViewProps) {
  const { household, status, history } = parts;
  const { t, times, time, session } = viewer;
  const code = household.household;
  const open = report.value?.household === code ? report.value : null;
  // a form that is being filled in is not taken away by what comes in meanwhile
  const reports = open !== null || (time.moment === null && may(session, 'report'));
  const button = reports
    ? (form: Parameters<typeof ReportButton>[0]['form'] | null, label: string) =>
        form && <ReportButton form={form} household={code} report={report} label={label} quiet />
    : () => null;
  return (
    <div class="household">
      <StatusLine household={household} status={status} t={t} />
      <Span status={status} t={t} times={times} />
      <section class="why">
        <h3>{t('household.why')}</h3>
        {status.because.length === 0 ? (
          <p>{t(status.surveyed ? 'household.why.healthy' : 'household.why.healthy.unsurveyed')}</p>
        ) : (
          <ul>
            {status.because.map((because, index) => (
              <li key={index}>
                <p class="words">{because.words[t.language] ?? ''}</p>
                <details>
                  <summary>{t('household.evidence')}</summary>
                  {evidence(because, status.edition, t, times).map((line, at) => (
                    <p key={at} class="second">
                      {line}
                    </p>
                  ))}
                </details>
                {may(session, 'order') && button(releaseOf(because), t('report.release'))}
              </li>
            ))}
          </ul>
        )}
      </section>
      {status.pending.length === 0 ? null : (
        <section class="open-items pending">
          <h3>{t('household.pending')}</h3>
          <ul>
            {status.pending.map((item) => (
              <li key={item.fact}>
                <p>{item.words[t.language] ?? ''}</p>
                {!reports ? null : item.source === sourceOf(viewer) ? (
                  <p class="second">{t('report.confirm.own')}</p>
                ) : (
                  button(confirmationOf(item), t('report.confirm'))
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(['overdue', 'due'] as const).map((state) =>
        status[state].length === 0 ? null : (
          <section key={state} class={`open-items ${state}`}>
            <h3>{t(`household.${state}`)}</h3>
            <ul>
              {status[state].map((item) => (
                <li key={`${item.what} ${item.person} ${item.due}`}>
                  <p>
                    {whose(item.person, household, t)}
                    {item.words[t.language] ?? ''}
                  </p>
                  {state === 'overdue'
                    ? button(makeUpOf(item), t('report.make-up'))
                    : item.from <= status.asOf && button(dueOf(item), t('report.now'))}
                </li>
              ))}
            </ul>
          </section>
        ),
      )}
      {may(session, 'seePersons') ? <Members key={code} household={code} fetched={parts} t={t} /> : null}
      {reports ? (
        <section class="actions">
          <h3>{t('report.heading')}</h3>
          <div class="buttons">
            {(may(session, 'order') ? forms : forms.map(asProposed)).map((form) => (
              <ReportButton key={form.kind} form={form} household={code} report={report} label={t(form.title)} />
            ))}
          </div>
          <details class="further">
            <summary>{t('report.further')}</summary>
            <div class="buttons">
              {furtherForms.map((form) => (
                <ReportButton key={form.kind} form={form} household={code} report={report} label={t(form.title)} />
              ))}
            </div>
            <DoorCodeButton key={code} household={code} t={t} />
          </details>
          <div class="form-slot">
            {open && (
              <ReportForm key={open.id} open={open} report={report} household={household} viewer={viewer} done={done} />
            )}
          </div>
        </section>
      ) : null}
      <Facts
        key={code}
        household={code}
        members={household.members ?? []}
        fetched={parts}
        viewer={viewer}
        report={reports ? report : null}
      />
      <History first={history} t={t} times={times} />
    </div>
  );
}

function StatusLine({ household, status, t }: { household: HouseholdDetail; status: HouseholdStatus; t: Translator }) {
  const look = lookOf(status);
  const surveyed = t(status.surveyed ? 'household.surveyed' : 'household.unsurveyed');
  return (
    <div class={`status-line ${look}`} data-status={status.status}>
      <Chip status={look} large />
      <div>
        <p class="status-name">{t(`status.${look}`)}</p>
        <p class="second">{`${t.persons(household.persons)} · ${surveyed}`}</p>
      </div>
    </div>
  );
}

function Span({ status: { since, until }, t, times }: { status: HouseholdStatus; t: Translator; times: Times }) {
  if (since === null && until === null) return null;
  return (
    <dl class="span">
      <dt>{t('household.since')}</dt>
      <dd>{since === null ? '–' : times.since(since)}</dd>
      <dt>{t('household.until')}</dt>
      <dd>{until === null ? t('household.open') : times.until(until)}</dd>
    </dl>
  );
}

/** Which member, as the forms call them, where there are several. */
function whose(person: string | null, { members }: HouseholdDetail, t: Translator): string {
  return person === null || !members || members.length < 2
    ? ''
    : t('household.overdue.of', { member: t('household.member', { n: members.indexOf(person) + 1 }) });
}

function evidence(because: Because, edition: string, t: Translator, times: Times): string[] {
  const lines = [
    t('household.evidence.rule', { edition, rule: t.or(`rule.${because.rule}`, because.rule) }),
    because.to === null
      ? t('household.evidence.from', { from: times.since(because.from) })
      : t('household.evidence.period', { from: times.since(because.from), to: times.until(because.to) }),
    because.fact === null ? null : t('household.evidence.fact', { fact: because.fact.slice(0, 8) }),
    because.zone === null
      ? null
      : t('household.evidence.zone', { zone: because.zone, version: because.zoneVersion ?? 1 }),
  ];
  return lines.filter((line) => line !== null);
}
