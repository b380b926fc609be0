import { may } from '../../access/session';
import type { DueZone } from '../../api/types';
import { h } from '../../dom';
import type { Viewer } from '../../frame/viewer';
import { loweringClock } from '../../situation/lowering';
import { inWords, type Zone, type ZoneHistory } from '../client';
import { type Outline, outlineOf, toGeoJson } from '../geometry/outline';
import { splitTool } from './splitting';

export interface OneActions {
  edit: () => void;
  discard: () => void;
  /** @param body what the step says beside its reason */
  step: (step: string, body: Record<string, unknown>) => void;
  /** Shows on the map what a version changed. */
  compare: (version: number) => void;
  /** Shows on the map into what the zone would be split. */
  parts: (parts: readonly Outline[]) => void;
  /** Told how to end drawing the line that splits it. */
  splitting: (stop: () => void) => void;
  nameOf: (code: string) => string;
  open: (code: string) => void;
}

/** A zone: what it is, what is planned, what each version changed, and what this person may do with it. */
export function oneZone(
  viewer: Viewer,
  zone: Zone,
  { versions, steps }: ZoneHistory,
  due: DueZone | null,
  actions: OneActions,
): HTMLElement {
  const { t, times, session, place } = viewer;
  const { draft, inForce } = zone;
  const plans = may(session, 'plan');
  const approves = may(session, 'approve');
  const isAuthor = draft !== null && session.name !== null && draft.authors.includes(session.name);
  const reason = h('textarea', { id: 'zone-step-reason', rows: 2, maxlength: 1000 });
  const because =
    (step: string, more: Record<string, unknown> = {}) =>
    () => {
      if (reason.value.trim() === '') {
        reason.setAttribute('aria-invalid', 'true');
        reason.focus();
      } else actions.step(step, { ...more, reason: reason.value.trim() });
    };
  const button = (label: string, run: () => void, strong = false) =>
    h('button', { type: 'button', class: strong ? 'strong' : null, onclick: run }, label);
  const other = (code: string) =>
    h('button', { type: 'button', class: 'link', onclick: () => actions.open(code) }, actions.nameOf(code));
  const levels = place.zoneLevels.map(({ id }) => id);
  const lowerLevels =
    inForce?.level && levels.includes(inForce.level) ? levels.slice(levels.indexOf(inForce.level) + 1) : [];
  const needsReason =
    (draft?.state === 'submitted' && approves && !isAuthor) || (approves && (inForce !== null || versions.length > 0));
  const splitter =
    approves && inForce
      ? splitTool(viewer, outlineOf(inForce.outline), {
          show: actions.parts,
          split: (parts, until) =>
            because('split', { parts: parts.map(toGeoJson), ...(until === null ? {} : { until }) })(),
        })
      : null;
  actions.splitting(splitter?.stop ?? (() => undefined));
  const rejection =
    draft?.state === 'rejected' ? steps.filter(({ action }) => action === 'rejected').at(-1) : undefined;
  const shown = draft ?? inForce ?? versions.at(-1)?.version;
  return h(
    'div',
    { class: 'one-zone' },
    h(
      'p',
      {},
      shown
        ? `${shown.level === null ? t('zones.state.ended') : t.or(`level.${shown.level}`, shown.level)} · ${t('zones.area', { n: Math.round(shown.squareMetres) })}`
        : '',
    ),
    draft
      ? h(
          'p',
          { class: 'draft-state', role: 'status' },
          draft.state === 'submitted' && isAuthor
            ? t('zones.another')
            : `${t(`zones.state.${draft.state}`)} · ${draft.reason}`,
        )
      : null,
    rejection
      ? h('p', { class: 'rejection' }, t('zones.rejection', { actor: rejection.actor, reason: rejection.reason }))
      : null,
    zone.parent === null ? null : h('p', { class: 'relatives' }, t('zones.parts.of'), ' ', other(zone.parent)),
    zone.parts.length === 0
      ? null
      : h(
          'p',
          { class: 'relatives' },
          t('zones.parts.now'),
          ...zone.parts.flatMap((part) => [' ', other(part)]),
          h('span', { class: 'hint' }, t('zones.parts.back')),
        ),
    due ? loweringClock(due, t) : null,
    h(
      'div',
      { class: 'actions' },
      plans && draft?.state !== 'submitted' ? button(t('zones.edit'), actions.edit, true) : null,
      plans && draft?.state === 'draft' ? button(t('zones.submit'), () => actions.step('submit', {}), true) : null,
      plans && draft?.state === 'submitted' ? button(t('zones.withdraw'), () => actions.step('withdraw', {})) : null,
      plans && draft && draft.state !== 'submitted' ? button(t('zones.discard'), actions.discard) : null,
      approves && draft?.state === 'submitted' && !isAuthor
        ? button(t('zones.approve'), () => actions.step('approve', {}), true)
        : null,
    ),
    needsReason
      ? h(
          'div',
          { class: 'with-reason' },
          h('label', { for: 'zone-step-reason' }, t('zones.reason')),
          reason,
          h(
            'div',
            { class: 'actions' },
            draft?.state === 'submitted' && !isAuthor ? button(t('zones.reject'), because('reject')) : null,
            ...(inForce
              ? lowerLevels.map((level) =>
                  button(t('zones.lower', { level: t.or(`level.${level}`, level) }), because('lower', { level })),
                )
              : []),
            inForce ? button(t('zones.end'), because('end')) : null,
          ),
          splitter?.element,
        )
      : null,
    versions.length === 0
      ? null
      : h(
          'section',
          {},
          h('h3', {}, t('zones.versions')),
          h(
            'ol',
            { class: 'versions' },
            ...[...versions].reverse().map(({ version, change }) =>
              h(
                'li',
                {},
                h('b', {}, t('zones.version', { n: version.version })),
                h(
                  'span',
                  { class: 'second' },
                  ` ${times.since(version.from ?? version.at)} · ${version.approver === null ? version.author : t('zones.version.by', { author: version.author, approver: version.approver })} · ${version.reason}`,
                ),
                ...inWords(change.words, t.language).map((words) => h('p', {}, words)),
                h(
                  'div',
                  { class: 'actions' },
                  button(t('zones.compare'), () => actions.compare(version.version)),
                  approves && version.version !== inForce?.version && version.level !== null
                    ? button(t('zones.rollback'), because('rollback', { version: version.version }))
                    : null,
                ),
              ),
            ),
          ),
        ),
  );
}
