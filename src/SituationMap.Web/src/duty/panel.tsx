import { createRef } from 'preact';
import type { Post } from '../api/types';
import { Opening } from '../frame/opening';
import type { Viewer } from '../frame/parts';
import { SidePanel } from '../frame/side';
import { Side } from '../frame/sides';
import { ShiftForm } from './form';
import { hour, Roster } from './roster';
import { Strip } from './strip';
import './duty.css';

const again = 30_000; // ms; a gap that begins is told by the feed, the words of one go on by the clock

/** Who stands at which post when, whether that is enough, and who plans it. */
export class DutyPanel {
  readonly toggle: () => void;

  constructor(viewer: Viewer) {
    const { slots, sides, t, times, time, feed, address } = viewer;
    const roster = new Roster(viewer);
    const side = new Side(() => void roster.load());
    const title = createRef<HTMLHeadingElement>();
    const opening = new Opening(sides, side, title, () => address.set({ duty: null }));

    slots.put('side', <Panel />);
    const anew = () => {
      if (opening.isIn) void roster.load();
    };
    time.changed.on(() => {
      roster.days.value = 0;
      anew();
    });
    feed.advanced.on(anew);
    feed.covered.on(anew);
    setInterval(() => {
      if (document.visibilityState === 'visible' && roster.draft.peek() === null) anew();
    }, again);

    this.toggle = () => {
      if (opening.isOpen) opening.close();
      else {
        opening.show();
        address.set({ duty: 'open' });
        void roster.load();
      }
    };

    function step(days: number): void {
      roster.days.value += days;
      roster.draft.value = null;
      void roster.load();
    }

    function Panel() {
      const posts = roster.posts.value;
      return (
        <SidePanel
          side={side}
          id="duty"
          label={t('duty.title')}
          head={
            <div>
              <h2 ref={title} tabIndex={-1}>
                {t('duty.title')}
              </h2>
              <p class="second" role="status">
                {typeof posts === 'string' ? '' : summary(posts)}
              </p>
            </div>
          }
          closeLabel={t('panel.close')}
          close={opening.close}
        >
          <div class="body">
            <p class="days">
              <button type="button" onClick={() => step(-1)}>
                {t('duty.earlier')}
              </button>
              <span>{t('duty.span', { from: times.moment(new Date(roster.from).toISOString()) })}</span>
              <button type="button" onClick={() => step(1)}>
                {t('duty.later')}
              </button>
            </p>
            {time.moment === null ? null : <p class="second">{t('duty.past')}</p>}
            <p class="said" role="status">
              {roster.said.value}
              {roster.undo.value === null ? null : (
                <button type="button" onClick={() => void roster.undo.peek()?.()}>
                  {t('duty.undo')}
                </button>
              )}
            </p>
            <Posts />
            {roster.plans && roster.isPresent ? (
              <p>
                <button type="button" onClick={() => void roster.copyWeek()}>
                  {t('duty.copy')}
                </button>
              </p>
            ) : null}
            <Hours />
          </div>
        </SidePanel>
      );
    }

    function summary(posts: readonly Post[]): string {
      const gaps = posts.filter(({ cover }) => cover.state === 'gap').length;
      const covered = posts.filter(({ cover }) => cover.state === 'covered').length;
      return t('duty.summary', { covered: t.number(covered), gaps: t.number(gaps) });
    }

    function Posts() {
      const posts = roster.posts.value;
      if (posts === 'loading') return <p class="second">{t('panel.loading')}</p>;
      if (posts === 'failed') return <p class="second">{t('list.failed')}</p>;
      if (posts.length === 0) return <p class="second">{t('duty.none')}</p>;
      return (
        <ol class="posts">
          {posts.map((post) => (
            <li key={post.code} data-cover={post.cover.state}>
              <h3>{post.name}</h3>
              <p class="cover">
                <b>{t(`duty.state.${post.cover.state as 'gap'}`)}</b> {post.cover.words[t.language]}
              </p>
              {post.cover.shortHandover === null ? null : (
                <p class="second">{t('duty.short', { time: times.moment(post.cover.shortHandover) })}</p>
              )}
              <Holes post={post} />
              <Strip post={post} roster={roster} viewer={viewer} />
              <Form post={post} />
            </li>
          ))}
        </ol>
      );
    }

    /** What is hatched, in words. */
    function Holes({ post }: { post: Post }) {
      const [from, to] = [roster.from, roster.from + 24 * hour];
      const shown = post.gaps.filter((gap) => Date.parse(gap.to) > from && Date.parse(gap.from) < to);
      if (shown.length === 0) return null;
      return (
        <ul class="gaps">
          {shown.map((gap) => (
            <li key={gap.from}>
              {t(gap.ahead ? 'duty.hole.words' : 'duty.gap.words', {
                from: times.moment(gap.from),
                to: times.moment(gap.to),
              })}
            </li>
          ))}
        </ul>
      );
    }

    function Form({ post }: { post: Post }) {
      const draft = roster.draft.value;
      if (draft?.post === post.code)
        return (
          <ShiftForm
            key={`${draft.shift?.id} ${draft.from} ${draft.to}`}
            draft={{ ...draft, shift: post.shifts?.find(({ id }) => id === draft.shift?.id) ?? draft.shift }}
            post={post}
            roster={roster}
            viewer={viewer}
          />
        );
      if (!roster.plans || !roster.isPresent) return null;
      return (
        <button
          type="button"
          aria-label={`${t('duty.new')} ${post.name}`}
          onClick={() => {
            const from = roster.from + 8 * hour;
            roster.draft.value = { post: post.code, shift: null, worker: '', from, to: from + 8 * hour };
          }}
        >
          {t('duty.new')}
        </button>
      );
    }

    function Hours() {
      const known = roster.workers.value;
      const busy = known?.workers.filter(({ planned }) => planned > 0) ?? [];
      if (known === null || busy.length === 0) return null;
      return (
        <table class="hours">
          <caption>{t('duty.hours', { row: t.number(known.longestRow), week: t.number(known.longestWeek) })}</caption>
          <thead>
            <tr>
              <th scope="col">{t('duty.worker')}</th>
              <th scope="col">{t('duty.hours.worked')}</th>
              <th scope="col">{t('duty.hours.planned')}</th>
              <th scope="col">{t('duty.hours.row')}</th>
            </tr>
          </thead>
          <tbody>
            {busy.map((worker) => (
              <tr key={worker.code}>
                <th scope="row">
                  {worker.code}
                  {worker.rowTooLong || worker.weekTooLong ? (
                    <b> {t(worker.rowTooLong ? 'duty.hours.row.over' : 'duty.hours.week.over')}</b>
                  ) : null}
                </th>
                <td>{t.number(worker.week)}</td>
                <td>{t.number(worker.planned)}</td>
                <td>{t.number(worker.row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      );
    }
  }
}
