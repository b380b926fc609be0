import { useSignal } from '@preact/signals';
import type { Post, Shift } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { hour, type Roster } from './roster';

const step = 15 * 60_000; // ms
const edge = 8; // px

interface Drag {
  shift: Shift | null;
  /** Which end moves. */
  end: 'from' | 'to';
  from: number;
  to: number;
  x: number;
}

/** 24 hours of a post: shifts planned above, who was there below, gaps hatched. A drag plans a shift or moves an end of one. */
export function Strip({ post, roster, viewer }: { post: Post; roster: Roster; viewer: SessionParts }) {
  const { t, times } = viewer;
  const drag = useSignal<Drag | null>(null);
  const { from, now, isPresent } = roster;
  const span = 24 * hour;
  const left = (at: number) => Math.min(100, Math.max(0, ((at - from) / span) * 100));
  const place = (begin: number, end: number) => ({
    left: `${left(begin)}%`,
    width: `${Math.max(0.4, left(end) - left(begin))}%`,
  });
  const shifts = (post.shifts ?? []).filter(({ cancelled }) => !cancelled);
  const canDrag = roster.plans && isPresent;

  const instant = (event: PointerEvent, strip: HTMLElement) => {
    const { left, width } = strip.getBoundingClientRect();
    const at = from + (Math.min(width, Math.max(0, event.clientX - left)) / width) * span;
    return Math.round(at / step) * step;
  };

  const begin = (event: PointerEvent) => {
    if (!canDrag || event.button !== 0) return;
    const strip = event.currentTarget as HTMLElement;
    const bar = (event.target as HTMLElement).closest<HTMLElement>('[data-shift]');
    const at = instant(event, strip);
    if (bar === null) drag.value = { shift: null, end: 'to', from: at, to: at, x: event.clientX };
    else {
      const shift = shifts.find(({ id }) => id === bar.dataset.shift)!;
      const box = bar.getBoundingClientRect();
      const end = event.clientX - box.left < edge ? 'from' : box.right - event.clientX < edge ? 'to' : null;
      if (end === null) return;
      drag.value = { shift, end, from: Date.parse(shift.from), to: Date.parse(shift.to), x: event.clientX };
    }
    strip.setPointerCapture(event.pointerId);
  };

  const move = (event: PointerEvent) => {
    const known = drag.peek();
    if (known === null) return;
    const at = instant(event, event.currentTarget as HTMLElement);
    drag.value = { ...known, [known.end]: at };
  };

  const end = (event: PointerEvent) => {
    const known = drag.peek();
    drag.value = null;
    if (known === null || Math.abs(event.clientX - known.x) < 4) return;
    const [first, last] = [Math.min(known.from, known.to), Math.max(known.from, known.to)];
    if (last - first < step) return;
    const draft = { post: post.code, shift: known.shift, worker: known.shift?.worker ?? '', from: first, to: last };
    if (known.shift === null) roster.draft.value = draft;
    else void roster.plan(draft);
  };

  const choose = (shift: Shift) => {
    roster.draft.value = {
      post: post.code,
      shift,
      worker: shift.worker,
      from: Date.parse(shift.from),
      to: Date.parse(shift.to),
    };
  };

  const dragged = drag.value;
  return (
    <div
      class="strip"
      data-plans={canDrag}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={() => {
        drag.value = null;
      }}
    >
      {[0, 6, 12, 18].map((n) => (
        <span key={n} class="hour" style={{ left: `${(n / 24) * 100}%` }}>
          {times.minute(from + n * hour)}
        </span>
      ))}
      {post.gaps
        .filter((gap) => Date.parse(gap.to) > from && Date.parse(gap.from) < from + span)
        .map((gap) => (
          <span
            key={gap.from}
            class={gap.ahead ? 'gap ahead' : 'gap'}
            style={place(Date.parse(gap.from), Date.parse(gap.to))}
            title={t(gap.ahead ? 'duty.hole' : 'duty.gap')}
          />
        ))}
      {shifts.map((shift) => (
        <button
          key={shift.id}
          type="button"
          class="planned"
          data-shift={shift.id}
          style={place(Date.parse(shift.from), Date.parse(shift.to))}
          aria-label={t('duty.shift', {
            worker: shift.worker,
            from: times.moment(shift.from),
            to: times.moment(shift.to),
          })}
          onClick={() => choose(shift)}
        >
          {shift.worker}
        </button>
      ))}
      {(post.shifts ?? []).flatMap((shift) =>
        shift.presences.map((one) => (
          <span
            key={`${shift.id} ${one.from}`}
            class="present"
            style={place(Date.parse(one.from), Math.min(one.open ? now : Number.POSITIVE_INFINITY, Date.parse(one.to)))}
            title={one.worker}
          />
        )),
      )}
      {dragged === null ? null : (
        <span class="dragged" style={place(Math.min(dragged.from, dragged.to), Math.max(dragged.from, dragged.to))} />
      )}
      {now < from || now > from + span ? null : <span class="now" style={{ left: `${left(now)}%` }} />}
    </div>
  );
}
