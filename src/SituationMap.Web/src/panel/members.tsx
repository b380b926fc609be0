import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ApiError } from '../api/client';
import type { MessageKey, Translator } from '../i18n/messages';
import { send } from '../session/session';
import './members.css';

interface Member {
  code: string;
  born: number | null;
  sex: 'female' | 'male' | null;
  name: string | null;
  phone: string | null;
  number: string | null;
}

interface MembersAnswer {
  masked: boolean;
  members: Member[];
  /** Those of decisions about the household, as somebody wrote them or masked. */
  reasons: { fact: string; reason: string }[];
}

const purposes = [
  'contact-tracing',
  'visit',
  'medical-care',
  'supplies',
  'correction',
  'subject-request',
  'other',
] as const;

interface MembersProps {
  household: string;
  /** Whatever differs when the household is fetched anew. */
  fetched: unknown;
  t: Translator;
}

/** Who lives in a household: masked, and in full once it is said what for. What was shown goes with the household. */
export function Members({ household, fetched, t }: MembersProps) {
  const path = `api/households/${encodeURIComponent(household)}/members`;
  const answer = useSignal<MembersAnswer | null>(null);
  const asking = useSignal(false);
  const show = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    // what was shown for a purpose stays as it is
    if (answer.peek()?.masked === false) return;
    send<MembersAnswer>('GET', path).then(
      (fresh) => {
        if (answer.peek()?.masked !== false) answer.value = fresh;
      },
      (error: unknown) => {
        // what may be seen elsewhere only, or not now, is left out
        if (!(error instanceof ApiError)) throw error;
      },
    );
  }, [fetched]);

  const { masked, members, reasons } = answer.value ?? { masked: false, members: [], reasons: [] };
  const isMore = reasons.length > 0 || members.some(({ name, phone, number }) => name ?? phone ?? number);
  const label = t(reasons.length === 0 ? 'members.show' : 'members.show.reasons');
  const close = () => {
    asking.value = false;
    show.current?.focus();
  };
  return (
    <section class="members" hidden={members.length + reasons.length === 0}>
      <h3>{t('members.heading')}</h3>
      <ul>
        {members.map((member, index) => (
          <li key={member.code}>
            <span>{member.name ?? t('household.member', { n: index + 1 })}</span>
            <span class="second">{described(member, t)}</span>
          </li>
        ))}
      </ul>
      {reasons.length === 0 ? null : (
        <div>
          <h4>{t('members.reasons')}</h4>
          <ul>
            {reasons.map(({ fact, reason }) => (
              <li key={fact}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
      <button
        ref={show}
        type="button"
        class="quiet"
        data-key="members-show"
        hidden={!masked || !isMore}
        onClick={() => {
          asking.value = true;
        }}
      >
        {label}
      </button>
      <div class="form-slot">
        {asking.value && <PurposeForm path={path} label={label} answer={answer} t={t} close={close} />}
      </div>
    </section>
  );
}

function described({ sex, born, phone, number }: Member, t: Translator): string {
  return [
    sex === null ? null : t(`members.sex.${sex}`),
    born === null ? null : t('members.born', { year: String(born) }),
    phone,
    number,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

interface PurposeFormProps {
  path: string;
  label: string;
  answer: Signal<MembersAnswer | null>;
  t: Translator;
  close: () => void;
}

/** What it is wanted for, which is kept. */
function PurposeForm({ path, label, answer, t, close }: PurposeFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const purpose = useRef<HTMLSelectElement>(null);
  const note = useRef<HTMLInputElement>(null);
  const trouble = useSignal('');
  useLayoutEffect(() => {
    form.current!.scrollIntoView({ block: 'nearest' });
    purpose.current!.focus();
  }, []);
  const ask = async (event: Event) => {
    event.preventDefault();
    trouble.value = '';
    try {
      const wanted = { purpose: purpose.current!.value, note: note.current!.value.trim() || null };
      answer.value = await send<MembersAnswer>('POST', path, wanted);
      close();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      trouble.value = t(refusal(error));
    }
  };
  return (
    <form
      ref={form}
      noValidate
      aria-label={label}
      onSubmit={(event) => void ask(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        close();
      }}
    >
      <h4>{label}</h4>
      <p class="second">{t('members.recorded')}</p>
      <label for="members-purpose">
        <span>{t('members.purpose')}</span>
        <select id="members-purpose" ref={purpose}>
          {purposes.map((one) => (
            <option key={one} value={one}>
              {t(`members.purpose.${one}` as MessageKey)}
            </option>
          ))}
        </select>
      </label>
      <label for="members-note">
        <span>{t('members.note')}</span>
        <input id="members-note" ref={note} type="text" maxlength={200} autocomplete="off" />
      </label>
      <p class="field-fault" role="alert">
        {trouble}
      </p>
      <div class="buttons">
        <button type="submit" class="primary">
          {t('members.show.now')}
        </button>
        <button type="button" class="quiet" onClick={close}>
          {t('report.cancel')}
        </button>
      </div>
    </form>
  );
}

function refusal({ code, status }: ApiError): MessageKey {
  if (code === 'personal-data') return 'members.fault.personal';
  if (status === 400) return 'members.fault.note';
  if (status === 401 || status === 403 || status === 404) return 'report.refused';
  return status === null ? 'report.unreachable' : 'report.trouble';
}
