import { useSignal } from '@preact/signals';
import { mended } from '../offline/outbox';
import type { Saved } from '../offline/store';
import type { Field } from '../panel/fields';
import { type Form, forms, furtherForms } from '../panel/forms';
import { FactForm } from './form';
import type { Phone } from './phone';
import { linkTo } from './route';

/** What this phone has reported: refused first, with what is wrong and how to mend it, then what waits. */
export function SavedPage({ phone }: { phone: Phone }) {
  const { t, outbox } = phone;
  const [refused, waiting] = [outbox.refused.value, outbox.waiting.value];
  const sent = outbox.all.value.filter((one) => one.sent !== null && one.refusal === null);
  return (
    <article class="saved">
      <a class="back" href={linkTo({ page: 'list' })}>
        {t('phone.back')}
      </a>
      {refused.length === 0 ? null : (
        <section>
          <h2>{t('phone.refused', { n: refused.length })}</h2>
          <ul>
            {refused.map((one) => (
              <Refused key={one.fact.id} phone={phone} one={one} />
            ))}
          </ul>
        </section>
      )}
      <section>
        {waiting.length > 0 ? <h2>{t('phone.waiting', { n: waiting.length })}</h2> : null}
        {waiting.length + refused.length === 0 ? <h2>{t('phone.sent.all')}</h2> : null}
        {waiting.length === 0 ? null : (
          <button type="button" onClick={() => void phone.refresh()}>
            {t('phone.send')}
          </button>
        )}
        <ul>
          {waiting.map((one) => (
            <li key={one.fact.id}>
              <Line phone={phone} one={one} />
            </li>
          ))}
        </ul>
      </section>
      {sent.length === 0 ? null : (
        <section>
          <h2>{t('phone.sent', { n: sent.length })}</h2>
        </section>
      )}
    </article>
  );
}

function Line({ phone: { t, times, account }, one }: { phone: Phone; one: Saved }) {
  const { fact, place } = one;
  return (
    <span>
      {`${place} · ${t.or(`facts.kind.${fact.kind}`, fact.kind)} · ${times.moment(fact.at)}`}
      {one.account === account ? '' : ` · ${t('phone.of', { name: one.account })}`}
    </span>
  );
}

function Refused({ phone, one }: { phone: Phone; one: Saved }) {
  const { t, times, outbox } = phone;
  const mending = useSignal(false);
  const form = formOf(one, phone);
  const { field, expected } = one.refusal!;
  const name = field.replace(/^data\./, '');
  const members = phone.doorOf(one.fact.household)?.home.members ?? [];
  return (
    <li>
      <Line phone={phone} one={one} />
      <p class="field-fault" lang="en">
        {`${t.or(`field.${name}`, name)}: ${t('phone.expected', { what: expected })}`}
      </p>
      {mending.value && form !== null ? (
        <FactForm
          form={form}
          members={members}
          t={t}
          times={times}
          save={(said) => outbox.save([mended(one, { ...one.fact, ...said, at: said.at ?? one.fact.at })])}
          close={() => {
            mending.value = false;
          }}
        />
      ) : (
        <div class="pair">
          {form === null ? null : (
            <button
              type="button"
              onClick={() => {
                mending.value = true;
              }}
            >
              {t('phone.mend')}
            </button>
          )}
          <button type="button" onClick={() => void outbox.discard(one.fact.id)}>
            {t('phone.discard')}
          </button>
        </div>
      )}
    </li>
  );
}

const when: Field = { name: 'at', kind: 'instant' };

/** The form of its kind, filled in with what it says; null: there is none. */
function formOf({ fact, refusal }: Saved, { times }: Phone): Form | null {
  const known = [...forms, ...furtherForms].find(({ kind }) => kind === fact.kind);
  if (!known) return null;
  // what the clock said is mended even where nobody is asked for it otherwise
  const isLacking = refusal!.field === 'at' && !known.fields.some(({ name }) => name === 'at');
  const form = isLacking ? { ...known, fields: [...known.fields, when] } : known;
  const said: Record<string, unknown> = { ...fact.data, person: fact.person, at: fact.at };
  return {
    ...form,
    fields: form.fields.map((field) => {
      const value = said[field.name];
      if (value === undefined || value === null) return field;
      return { ...field, value: field.kind === 'instant' ? times.input(String(value)) : String(value) };
    }),
  };
}
