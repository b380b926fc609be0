import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { looking, looks } from '../../api/types';
import type { SessionParts } from '../../frame/parts';
import type { Translator } from '../../i18n/messages';
import { type Impact, type Zone, zoneApi } from '../api/client';
import { zoneOnSheet } from '../sheet/laying';
import { ImpactTable } from './impact';

interface SigningProps {
  zone: Zone;
  session: SessionParts;
  /** Shows on the map which buildings the border cuts. */
  show: (impact: Impact) => void;
  /** Null: whoever looks does not decide. */
  approve: (() => void) | null;
}

/** What the planner saw, for whoever approves it: whose it is, from when, what becomes different, whom it hits. */
export function Signing({ zone, session, show, approve }: SigningProps) {
  const { t } = session;
  const impact = useSignal<Impact | 'failed' | null>(null);
  const isAsked = useSignal(false);
  const confirm = useRef<HTMLButtonElement>(null);
  const ask = () => {
    const asking = new AbortController();
    const sheet = zoneOnSheet(zone);
    impact.value = null;
    if (sheet)
      zoneApi.preview({ ...sheet, level: zone.draft?.level ?? null }, asking.signal).then(
        (found) => {
          impact.value = found;
          show(found);
        },
        () => {
          if (!asking.signal.aborted) impact.value = 'failed';
        },
      );
    return () => asking.abort();
  };
  useEffect(ask, []);
  useEffect(() => confirm.current?.focus(), [isAsked.value]);
  const found = impact.value;
  return (
    <section class="signing">
      <Differences zone={zone} session={session} />
      {found === null ? (
        <p role="status">{t('panel.loading')}</p>
      ) : found === 'failed' ? (
        <>
          <p role="alert">{t('zones.impact.failed')}</p>
          <button type="button" onClick={() => void ask()}>
            {t('panel.retry')}
          </button>
        </>
      ) : (
        <ImpactTable impact={found} t={t} />
      )}
      {approve && found !== null && found !== 'failed' && !isAsked.value && (
        <div class="actions">
          <button
            type="button"
            class="strong"
            onClick={() => {
              isAsked.value = true;
            }}
          >
            {t('zones.approve')}
          </button>
        </div>
      )}
      {approve && found !== null && found !== 'failed' && isAsked.value && (
        <div class="confirm" role="alertdialog" aria-labelledby="zone-consequences">
          <p id="zone-consequences">{consequences(found, t)}</p>
          <div class="actions">
            <button type="button" class="strong" ref={confirm} onClick={approve}>
              {t('zones.sign.confirm')}
            </button>
            <button
              type="button"
              onClick={() => {
                isAsked.value = false;
              }}
            >
              {t('report.cancel')}
            </button>
          </div>
        </div>
      )}
    </section>
  );
}

/** What becomes of households by it, in one sentence. */
export function consequences({ before, after }: Pick<Impact, 'before' | 'after'>, t: Translator): string {
  const changes = looks
    .map((look) => ({ look, more: looking(after, look) - looking(before, look) }))
    .filter(({ more }) => more !== 0)
    .map(({ look, more }) => {
      return t(more > 0 ? 'zones.sign.more' : 'zones.sign.fewer', {
        households: t.households(Math.abs(more)),
        status: t(`status.${look}`),
      });
    });
  return changes.length === 0
    ? t('zones.sign.none')
    : t('zones.sign.changes', { changes: changes.join(t('list.separator')) });
}

/** Who wrote it, when it holds, and what is otherwise than in the version that is in force. */
function Differences({ zone: { draft, inForce }, session }: { zone: Zone; session: SessionParts }) {
  if (!draft) return null;
  const { t, times } = session;
  const level = (id: string | null) => (id === null ? t('zones.ending') : t.or(`level.${id}`, id));
  const area = (n: number) => t('zones.area', { n: Math.round(n) });
  const start = (from: string | null) => (from === null ? t('zones.sign.at-once') : times.since(from));
  const span = ({ from, to }: { from: string | null; to: string | null }) =>
    `${start(from)} – ${to === null ? t('zones.sign.open') : times.until(to)}`;
  const lines = [
    { label: t('zones.name'), was: inForce?.name, is: draft.name },
    { label: t('zones.level'), was: inForce && level(inForce.level), is: level(draft.level) },
    { label: t('zones.sign.area'), was: inForce && area(inForce.squareMetres), is: area(draft.squareMetres) },
    {
      label: t('zones.sign.span'),
      was: inForce && span(inForce),
      is: draft.level === null ? start(draft.from) : span(draft),
    },
  ];
  return (
    <>
      <p>{t('zones.sign.by', { authors: draft.authors.join(t('list.separator')) })}</p>
      <dl class="differences">
        {lines.map(({ label, was, is }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {was && was !== is ? <del>{was}</del> : null} {is}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
