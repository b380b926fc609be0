import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { PackedHome, WorkItem } from '../api/types';
import type { MessageKey, Translator } from '../i18n/messages';
import { dueOf, type Form, forms, furtherForms } from '../panel/forms';
import { Chip } from '../theme/chip';
import { whose } from '../work/whose';
import { FactForm } from './form';
import type { Phone, Said } from './phone';
import { Readings } from './readings';
import { callBackAt, type Door, placeOf, toMeasure } from './round';
import { go, linkTo } from './route';

/** What stands on the screen as buttons already, and what is taken back elsewhere. */
const shownOtherwise = new Set(['temperature', 'visit', 'retraction']);
const outcomes = ['met', 'nobody', 'refused', 'callBack'] as const;
type Outcome = (typeof outcomes)[number];

/** A home on one screen with all that is due there; whatever is saved leads to the next one. */
export function HomePage({ phone, door }: { phone: Phone; door: Door }) {
  const { t, times, keeper, outbox } = phone;
  const { home } = door;
  const title = useRef<HTMLHeadingElement>(null);
  const form = useSignal<Form | null>(null);
  useLayoutEffect(() => title.current!.focus(), []);

  const open = phone.itemsOf(door);
  const measured = toMeasure(home, open);
  // somebody is to be seen, and nobody to be measured
  const isToMeet = open.length > 0 && open.every(({ what }) => what === 'visit');
  const kinds = new Set(keeper.kept.value!.pack.kinds.map(({ kind }) => kind));
  const own = outbox.all.value.filter(({ fact }) => fact.household === home.household);
  const save = async (said: readonly Said[]) => {
    await phone.report(door, said);
    const next = phone.next(home.household);
    go(next === null ? { page: 'list' } : { page: 'home', household: next.home.household }, true);
  };
  const say = (outcome: Outcome) =>
    save([
      {
        kind: 'visit',
        data:
          outcome === 'callBack'
            ? { outcome: 'nobody', by: 'door', next: callBackAt(keeper.now()) }
            : { outcome, by: 'door' },
      },
    ]);

  const choices = (among: readonly Form[]) => (
    <div class="pair">
      {among
        .filter(({ kind }) => kinds.has(kind) && !shownOtherwise.has(kind))
        .map((one) => (
          <button
            key={one.title}
            type="button"
            data-report={one.kind}
            onClick={() => {
              form.value = one;
            }}
          >
            {t(one.title)}
          </button>
        ))}
    </div>
  );

  return (
    <article class="home">
      <header>
        <a class="back" href={linkTo({ page: 'list' })}>
          {t('phone.back')}
        </a>
        <h2 ref={title} tabIndex={-1}>
          {placeOf(door)}
        </h2>
        <p>
          <Chip status={home.status} /> {t(`status.${home.status}`)}
          {home.until === null ? '' : ` · ${t('household.until')} ${times.until(home.until)}`}
          {` · ${t.persons(home.members.length)}`}
          {home.surveyed ? '' : ` · ${t('status.unvisited')}`}
        </p>
      </header>
      <Due
        phone={phone}
        home={home}
        open={open}
        fill={(item) => {
          form.value = dueOf(item);
        }}
      />
      {form.value === null ? (
        <>
          {isToMeet ? <Visit t={t} isPrimary={true} say={say} /> : null}
          {measured.length === 0 ? null : (
            <Readings phone={phone} members={home.members} measured={measured} isPrimary={!isToMeet} save={save} />
          )}
          {kinds.has('visit') && !isToMeet ? <Visit t={t} isPrimary={false} say={say} /> : null}
          <section>
            <h3>{t('phone.other')}</h3>
            {choices(forms)}
            <details>
              <summary>{t('report.further')}</summary>
              {choices(furtherForms)}
            </details>
          </section>
        </>
      ) : (
        <FactForm
          form={form.value}
          members={home.members}
          t={t}
          times={times}
          save={(said) => save([said])}
          close={() => {
            form.value = null;
          }}
        />
      )}
      {own.length === 0 ? null : (
        <section>
          <h3>{t('phone.today')}</h3>
          <ul class="own">
            {own.map(({ fact, sent, refusal }) => (
              <li key={fact.id}>
                {t.or(`facts.kind.${fact.kind}`, fact.kind)} {times.moment(fact.at)} ·{' '}
                {t(refusal ? 'phone.state.refused' : sent ? 'phone.state.sent' : 'phone.state.waiting')}
              </li>
            ))}
          </ul>
        </section>
      )}
      <p>
        <button
          type="button"
          onClick={() => {
            const next = phone.next(home.household);
            go(next === null ? { page: 'list' } : { page: 'home', household: next.home.household }, true);
          }}
        >
          {t('phone.skip')}
        </button>
      </p>
    </article>
  );
}

interface VisitProps {
  t: Translator;
  /** Whether it is what one has come for. */
  isPrimary: boolean;
  say: (outcome: Outcome) => Promise<void>;
}

/** What was met at the door. */
function Visit({ t, isPrimary, say }: VisitProps) {
  return (
    <section>
      <h3>{t('phone.visit')}</h3>
      <div class="pair">
        {outcomes.map((outcome) => (
          <button
            key={outcome}
            type="button"
            class={isPrimary && outcome === 'met' ? 'primary usual' : undefined}
            data-outcome={outcome}
            onClick={() => void say(outcome)}
          >
            {t(`phone.outcome.${outcome}` as MessageKey)}
          </button>
        ))}
      </div>
    </section>
  );
}

interface DueProps {
  phone: Phone;
  home: PackedHome;
  open: readonly WorkItem[];
  /** Opens the form that does it. */
  fill: (item: WorkItem) => void;
}

/** What is due now, in the server's words; what is said of several members is said once. */
function Due({ phone: { t }, home, open, fill }: DueProps) {
  const bySentence = new Map<string, WorkItem[]>();
  for (const item of open) {
    const sentence = item.words[t.language] ?? '';
    bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), item]);
  }
  if (open.length === 0) return null;
  return (
    <ul class="due" aria-label={t('work.now')}>
      {[...bySentence].map(([sentence, same]) => (
        <li key={sentence}>
          <span>{`${whose(same, home, t)}${sentence}`}</span>
          {same[0]!.what !== 'temperature' && dueOf(same[0]!) !== null ? (
            <button type="button" onClick={() => fill(same[0]!)}>
              {t('report.now')}
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
