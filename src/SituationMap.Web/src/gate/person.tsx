import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Pad, pressed, shown } from '../offline/pad';
import type { Answer } from './decide';
import type { Gate, Shown, Who } from './gate';
import type { GateDecision, GateDirection } from './rules';

interface PersonProps {
  gate: Gate;
  who: Who;
  direction: GateDirection;
  /** He is gone; with what was recorded, in words. */
  done: (recorded: string) => void;
}

const decisions: readonly GateDecision[] = ['go', 'stop', 'refer'];

/** Somebody at the gate: the decision, and what became of him. */
export function Person({ gate, who, direction, done }: PersonProps) {
  const { t } = gate;
  const digits = useSignal('');
  const isPatient = useSignal(false);
  const visits = useSignal('');
  const answer = useSignal<Shown | null>(null);
  const isSaving = useSignal(false);
  const isOther = 'other' in who;
  const hasCode = 'household' in who;

  const celsius = digits.value.length === 3 ? Number(digits.value) / 10 : null;
  const isWrong = celsius !== null && (celsius < 30 || celsius > 45);
  const purpose = isPatient.value && direction === 'out' ? 'doctor' : 'none';
  const asked = { direction, purpose, celsius: isWrong ? null : celsius } as const;
  useEffect(() => {
    let isCurrent = true;
    if (hasCode) answer.value = null; // what the server is asked for takes a while
    void gate.decide(who, asked).then((decided) => {
      if (isCurrent) answer.value = decided;
    });
    return () => {
      isCurrent = false;
    };
  }, [who, asked.direction, asked.purpose, asked.celsius]);

  const known = answer.value !== null && typeof answer.value !== 'string' ? answer.value : null;
  const save = async (outcome: Answer) => {
    if (isSaving.peek()) return;
    isSaving.value = true;
    const is = isOther ? { ...who, visits: visits.peek().trim() } : who;
    await gate.record(is, outcome, asked);
    done(t('gate.recorded', { what: `${gate.placeOf(who, outcome)} ${t(`gate.${direction}`)}` }));
  };
  const mayRecord = !isOther && answer.value !== 'unknown' && (hasCode || known?.pass != null);
  const isGo = known?.decision === 'go';
  return (
    <section class="person">
      <div role="status" class="answer" data-decision={isOther && known?.decision === 'go' ? 'none' : known?.decision}>
        {known === null ? (
          <p>
            {t(answer.value === 'unknown' ? 'gate.unknown' : answer.value === 'ask' ? 'gate.ask' : 'gate.checking')}
          </p>
        ) : isOther && isGo ? (
          <p>{gate.placeOf(who, known)}</p>
        ) : (
          <Word gate={gate} who={who} answer={known} direction={direction} />
        )}
      </div>
      {isOther ? (
        <>
          <div class="outcomes">
            {decisions.map((decision) => (
              <button
                key={decision}
                type="button"
                data-decision={decision}
                disabled={isSaving.value}
                onClick={() => void save({ decision, words: null, rule: null, pass: null })}
              >
                <Shape decision={decision} />
                {wordOf(gate, decision, direction)}
              </button>
            ))}
          </div>
          {who.other === 'visitor' ? (
            <label>
              {t('gate.visits')}
              <input
                value={visits.value}
                autocomplete="off"
                autocapitalize="characters"
                onInput={(event) => {
                  visits.value = event.currentTarget.value;
                }}
              />
            </label>
          ) : null}
        </>
      ) : (
        <div class="pair">
          {mayRecord ? (
            <button
              type="button"
              class={isGo ? 'primary record' : 'record'}
              disabled={isSaving.value || answer.value === null}
              onClick={() => void save(known ?? { decision: 'go', words: null, rule: null, pass: null })}
            >
              {t(`gate.record.${direction}`)}
            </button>
          ) : null}
          <button type="button" class={isGo ? '' : 'primary'} onClick={() => done('')}>
            {t('gate.back')}
          </button>
        </div>
      )}
      {!isOther && direction === 'out' ? (
        <label class="all">
          <input
            type="checkbox"
            checked={isPatient.value}
            onChange={(event) => {
              isPatient.value = event.currentTarget.checked;
            }}
          />
          {t('gate.doctor')}
        </label>
      ) : null}
      <p class="celsius">
        <span>{t('gate.celsius')}</span> <output>{digits.value === '' ? '–' : shown(digits.value)}</output>
      </p>
      <p class="field-fault" role="alert">
        {isWrong ? t('gate.wrong-celsius') : ''}
      </p>
      <Pad
        t={t}
        press={(key) => {
          digits.value = pressed(digits.peek(), key).slice(0, 3);
        }}
      />
    </section>
  );
}

const wordOf = ({ t }: Gate, decision: GateDecision, direction: GateDirection): string =>
  t(decision === 'stop' && direction === 'in' ? 'gate.decision.stop.in' : `gate.decision.${decision}`);

interface WordProps {
  gate: Gate;
  who: Who;
  answer: Answer;
  direction: GateDirection;
}

/** One word, with the rule. */
function Word({ gate, who, answer, direction }: WordProps) {
  const { t } = gate;
  const { decision, words, rule } = answer;
  const why = rule === 'pass-held' ? t('gate.held') : rule === null ? t('gate.no-rules') : words?.[t.language];
  return (
    <>
      <Shape decision={decision} />
      <p>
        <strong>{wordOf(gate, decision, direction)}</strong>
        <span class="why" data-rule={rule}>
          {why}
        </span>
        <span class="why">{gate.placeOf(who, answer)}</span>
      </p>
    </>
  );
}

/** A circle, an octagon or a triangle, so that no colour is needed. */
function Shape({ decision }: { decision: GateDecision }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      {decision === 'go' ? (
        <path d="M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22Zm-1.5 16L6 12.5l1.8-1.8 2.7 2.7 5.7-5.7L18 9.5Z" />
      ) : decision === 'stop' ? (
        <path d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9ZM5.5 10.5v3h13v-3Z" />
      ) : (
        <path d="M12 1 23.5 22.5H.5ZM10.8 10v3.3H7.5v2.4h3.3V19h2.4v-3.3h3.3v-2.4h-3.3V10Z" />
      )}
    </svg>
  );
}
