import { api } from '../api/client';
import type { Jobs } from '../api/types';
import { h } from '../dom';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';

const every = 5_000; // ms, while it is unfolded

/** What runs in the background: what ran, when, what is next. Asked for only while it is open. */
export function jobsFold(t: Translator, times: Times): HTMLElement {
  const body = h('div', {}, h('p', { class: 'hint' }, t('jobs.loading')));
  const fold = h('details', { class: 'jobs', id: 'jobs' }, h('summary', {}, t('jobs.title')), body);
  let timer: ReturnType<typeof setInterval> | undefined;
  const refresh = async () => {
    try {
      body.replaceChildren(...describe(await api.jobs(), t, times));
    } catch {
      body.replaceChildren(h('p', { class: 'hint' }, t('jobs.failed')));
    }
  };
  fold.addEventListener('toggle', () => {
    clearInterval(timer);
    if (!fold.open) return;
    void refresh();
    timer = setInterval(() => void refresh(), every);
  });
  return fold;
}

function describe({ jobs, worker }: Jobs, t: Translator, times: Times): HTMLElement[] {
  const item = (name: string, ...lines: (string | null)[]) =>
    h(
      'li',
      {},
      h('b', {}, name),
      ...lines.filter((line) => line !== null).map((line) => h('p', { class: 'second' }, line)),
    );
  return [
    h(
      'ul',
      {},
      item(
        t('jobs.worker'),
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
      ),
      ...jobs.map((job) =>
        item(
          t.or(`jobs.name.${job.name}`, job.description || job.name),
          job.last === null
            ? t('jobs.never')
            : job.last.succeeded
              ? t('jobs.last', { time: times.moment(job.last.at), duration: times.duration(job.last.milliseconds) })
              : t('jobs.last.failed', { time: times.moment(job.last.at), summary: job.last.summary }),
          job.next === null ? null : t('jobs.next', { time: times.moment(job.next) }),
        ),
      ),
    ),
  ];
}
