import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Viewer } from '../../frame/parts';
import { may } from '../../session/session';
import { LoweringClock } from '../../situation/lowering';
import { type Impact, inWords, type ZoneHistory } from '../api/client';
import { type Outline, outlineOf, toGeoJson } from '../geometry/outline';
import type { Known } from './known';
import { Namesakes } from './namesakes';
import { Signing } from './signing';
import { SplitTool } from './splitting';

export interface OneActions {
  edit: () => void;
  discard: () => void;
  /** @param body what the step says beside its reason */
  step: (step: string, body: Record<string, unknown>) => void;
  /** Shows on the map what a version changed. */
  compare: (version: number) => void;
  /** Shows on the map into what the zone would be split. */
  parts: (parts: readonly Outline[]) => void;
  open: (code: string) => void;
  /** Copies the address under which whoever may see it finds the draft. */
  copyLink: () => void;
  /** Shows on the map what the draft would change and cut. */
  impact: (impact: Impact) => void;
}

interface OneZoneProps {
  known: Known;
  viewer: Viewer;
  /** Whether the panel is seen, so that a line may be drawn. */
  isOpen: ReadonlySignal<boolean>;
  actions: OneActions;
}

/** A zone: what it is, what is planned, what each version changed, and what this person may do with it. */
export function OneZone({ known, viewer, isOpen, actions }: OneZoneProps) {
  const { zone, history, due, nameOf, namesakes } = known;
  const { draft, inForce } = zone;
  const { versions, steps } = history;
  const { t, session, coveredArea } = viewer;
  const { loweringNeedsTwo, endingNeedsTwo } = coveredArea;
  const reason = useRef<HTMLTextAreaElement>(null);
  const isMissing = useSignal(false);
  // until a decision has taken effect nothing else is done
  const plans = may(session, 'plan') && zone.decision === null;
  const approves = may(session, 'approve') && zone.decision === null;
  const isAuthor = draft !== null && session.name !== null && draft.authors.includes(session.name);
  const decides = draft?.state === 'submitted' && approves && !isAuthor;
  const levels = coveredArea.zoneLevels.map(({ id }) => id);
  const lowerLevels =
    inForce?.level && levels.includes(inForce.level) ? levels.slice(levels.indexOf(inForce.level) + 1) : [];
  const because =
    (step: string, more: Record<string, unknown> = {}) =>
    () => {
      const said = reason.current!.value.trim();
      isMissing.value = said === '';
      if (said === '') reason.current!.focus();
      else actions.step(step, { ...more, reason: said });
    };
  const shown = draft ?? inForce ?? versions.at(-1)?.version;
  const over = t(draft ? 'zones.ending' : 'zones.state.ended');
  const level = shown && (shown.level === null ? over : t.or(`level.${shown.level}`, shown.level));
  const rejection =
    draft?.state === 'rejected' ? steps.filter(({ action }) => action === 'rejected').at(-1) : undefined;
  const other = (code: string) => (
    <button key={code} type="button" class="link" onClick={() => actions.open(code)}>
      {nameOf(code)}
    </button>
  );
  return (
    <div class="one-zone">
      <p>{shown ? `${level} · ${t('zones.area', { n: Math.round(shown.squareMetres) })}` : ''}</p>
      {draft && (
        <p class="draft-state" role="status">
          {draft.state === 'submitted' && isAuthor
            ? t('zones.another')
            : `${t(`zones.state.${draft.state}`)} · ${draft.reason}`}
        </p>
      )}
      <Namesakes codes={namesakes} t={t} />
      {rejection && (
        <p class="rejection">{t('zones.rejection', { actor: rejection.actor, reason: rejection.reason })}</p>
      )}
      {zone.parent !== null && (
        <p class="relatives">
          {`${t('zones.parts.of')} `}
          {other(zone.parent)}
        </p>
      )}
      {zone.parts.length > 0 && (
        <p class="relatives">
          {t('zones.parts.now')}
          {zone.parts.flatMap((part) => [' ', other(part)])}
          <span class="hint">{t('zones.parts.back')}</span>
        </p>
      )}
      {due && <LoweringClock due={due} t={t} />}
      <div class="actions">
        {plans && draft?.state !== 'submitted' && draft?.level !== null && (
          <Act label={t('zones.edit')} run={actions.edit} isStrong />
        )}
        {plans && draft?.state === 'draft' && (
          <Act label={t('zones.submit')} run={() => actions.step('submit', {})} isStrong />
        )}
        {plans && draft?.state === 'submitted' && (
          <Act label={t('zones.withdraw')} run={() => actions.step('withdraw', {})} />
        )}
        {plans && draft && draft.state !== 'submitted' && <Act label={t('zones.discard')} run={actions.discard} />}
        {draft && <Act label={t('zones.link.copy')} run={actions.copyLink} />}
      </div>
      {draft?.state === 'submitted' && (plans || approves) && (
        <Signing
          zone={zone}
          session={viewer}
          show={actions.impact}
          approve={decides ? () => actions.step('approve', {}) : null}
        />
      )}
      {(decides || (approves && (inForce !== null || versions.length > 0))) && (
        <div class="with-reason">
          <label for="zone-step-reason">{t('zones.reason')}</label>
          <textarea
            id="zone-step-reason"
            ref={reason}
            rows={2}
            maxlength={1000}
            aria-invalid={isMissing.value || undefined}
            aria-describedby="zone-step-fault"
          />
          <p class="fault" id="zone-step-fault" role="alert">
            {isMissing.value ? t('fault.field-missing') : ''}
          </p>
          <div class="actions">
            {decides && <Act label={t('zones.reject')} run={because('reject')} />}
            {inForce &&
              !(loweringNeedsTwo && draft) &&
              lowerLevels.map((to) => (
                <Act
                  key={to}
                  label={t(loweringNeedsTwo ? 'zones.lower.propose' : 'zones.lower', {
                    level: t.or(`level.${to}`, to),
                  })}
                  run={because('lower', { level: to, ...(loweringNeedsTwo && { forApproval: true }) })}
                />
              ))}
            {inForce && !(endingNeedsTwo && draft) && (
              <Act
                label={t(endingNeedsTwo ? 'zones.end.propose' : 'zones.end')}
                run={because('end', endingNeedsTwo ? { forApproval: true } : {})}
              />
            )}
          </div>
          {inForce && (loweringNeedsTwo || endingNeedsTwo) && (
            <p class="hint">{t(draft ? 'zones.needsTwo.draft' : 'zones.needsTwo')}</p>
          )}
          {approves && inForce && (
            <SplitTool
              outline={outlineOf(inForce.outline)}
              viewer={viewer}
              isOpen={isOpen}
              show={actions.parts}
              split={(parts, until) =>
                because('split', { parts: parts.map(toGeoJson), ...(until === null ? {} : { until }) })()
              }
            />
          )}
        </div>
      )}
      {versions.length > 0 && (
        <Versions
          versions={versions}
          viewer={viewer}
          compare={actions.compare}
          rollback={(version) =>
            approves && version.version !== inForce?.version && version.level !== null
              ? because('rollback', { version: version.version })
              : null
          }
        />
      )}
    </div>
  );
}

function Act({ label, run, isStrong = false }: { label: string; run: () => void; isStrong?: boolean }) {
  return (
    <button type="button" class={isStrong ? 'strong' : undefined} onClick={run}>
      {label}
    </button>
  );
}

interface VersionsProps {
  versions: ZoneHistory['versions'];
  viewer: Viewer;
  compare: (version: number) => void;
  /** What goes back to it; null where nobody here may, or it holds. */
  rollback: (version: ZoneHistory['versions'][number]['version']) => (() => void) | null;
}

/** What each version changed, the last one first. */
function Versions({ versions, viewer: { t, times }, compare, rollback }: VersionsProps) {
  return (
    <section>
      <h3>{t('zones.versions')}</h3>
      <ol class="versions">
        {[...versions].reverse().map(({ version, change }) => {
          const { author, approver, from, at, reason } = version;
          const who = approver === null ? author : t('zones.version.by', { author, approver });
          const back = rollback(version);
          return (
            <li key={version.version}>
              <b>{t('zones.version', { n: version.version })}</b>
              <span class="second">{` ${times.since(from ?? at)} · ${who} · ${reason}`}</span>
              {inWords(change.words, t.language).map((words, index) => (
                <p key={index}>{words}</p>
              ))}
              <div class="actions">
                <Act label={t('zones.compare')} run={() => compare(version.version)} />
                {back && <Act label={t('zones.rollback')} run={back} />}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
