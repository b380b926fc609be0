import { useSignal, useSignalEffect } from '@preact/signals';
import { api } from '../api/client';
import type { Jobs } from '../api/types';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';

const every = 5_000; // ms, while it is unfolded

interface Words {
  t: Translator;
  times: Times;
}

/** What runs in the background: what ran, when, what is next. Asked for only while it is open. */
export function JobsFold({ t, times }: Words) {
  const open = useSignal(false);
  const jobs = useSignal<Jobs | 'failed' | null>(null);
  useSignalEffect(() => {
    if (!open.value) return;
    const ask = async () => {
      jobs.value = await api.jobs().catch(() => 'failed' as const);
    };
    void ask();
    const timer = setInterval(() => void ask(), every);
    return () => clearInterval(timer);
  });
  const known = jobs.value;
  return (
    <details
      class="jobs"
      id="jobs"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>{t('jobs.title')}</summary>
      <div>
        {known === null || known === 'failed' ? (
          <p class="hint">{t(known === null ? 'jobs.loading' : 'jobs.failed')}</p>
        ) : (
          <List jobs={known} t={t} times={times} />
        )}
        <a href="hangfire">{t('jobs.more')}</a>
      </div>
    </details>
  );
}

function List({ jobs: { jobs, worker }, t, times }: { jobs: Jobs } & Words) {
  return (
    <ul>
      <Item
        name={t('jobs.worker')}
        lines={[
          worker.queued === 0
            ? t('jobs.worker.idle')
            : t('jobs.worker.queued', { households: t.households(worker.queued) }),
          worker.lastBatchAt === null
            ? null
            : t('jobs.worker.last', {
                time: times.moment(worker.lastBatchAt),
                households: t.households(worker.lastBatchHouseholds ?? 0),
                duration: times.duration(worker.lastBatchMilliseconds ?? 0),
              }),
        ]}
      />
      {jobs.map((job) => (
        <Item
          key={job.name}
          name={t.or(`jobs.name.${job.name}`, job.description || job.name)}
          lines={[
            running(job, { t, times }),
            last(job, { t, times }),
            job.next === null ? null : t('jobs.next', { time: times.moment(job.next) }),
          ]}
        />
      ))}
    </ul>
  );
}

function running({ running: now }: Jobs['jobs'][number], { t, times }: Words): string | null {
  if (now === null) return null;
  const time = times.moment(now.at);
  return now.progress === null
    ? t('jobs.running', { time })
    : t('jobs.running.share', { time, share: Math.floor(100 * now.progress) });
}

function last({ last: ran }: Jobs['jobs'][number], { t, times }: Words): string {
  if (ran === null) return t('jobs.never');
  return ran.succeeded
    ? t('jobs.last', { time: times.moment(ran.at), duration: times.duration(ran.milliseconds) })
    : t('jobs.last.failed', { time: times.moment(ran.at), summary: ran.summary });
}

function Item({ name, lines }: { name: string; lines: (string | null)[] }) {
  return (
    <li>
      <b>{name}</b>
      {lines.map((line, index) =>
        line === null ? null : (
          <p key={index} class="second">
            {line}
          </p>
        ),
      )}
    </li>
  );
}
