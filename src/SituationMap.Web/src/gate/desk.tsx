import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Camera } from './camera';
import { type Gate, others, type Who, whoIs } from './gate';
import { Person } from './person';
import type { GateDirection } from './rules';

/** Who comes to the gate: read by a scanner or the camera, typed, or of those who live elsewhere. */
export function Desk({ gate }: { gate: Gate }) {
  const { t } = gate;
  const direction = useSignal<GateDirection>('out');
  const who = useSignal<{ is: Who; since: number } | null>(null);
  const recorded = useSignal('');
  const field = useRef<HTMLInputElement>(null);

  const come = (is: Who) => {
    recorded.value = '';
    // by its key it is another person, also where the same pass is read again
    who.value = { is, since: performance.now() };
  };
  const read = (text: string) => {
    if (text.trim() !== '') come(whoIs(text));
  };
  useEffect(() => {
    // what a scanner types belongs in the field, wherever the focus is
    const type = ({ target, key, ctrlKey, altKey, metaKey }: KeyboardEvent) => {
      const isKept = target instanceof HTMLInputElement && target.type === 'text';
      if (key.length === 1 && key !== ' ' && !ctrlKey && !altKey && !metaKey && !isKept) field.current?.focus();
    };
    addEventListener('keydown', type);
    return () => removeEventListener('keydown', type);
  }, []);

  const { all, ...counts } = gate.thisHour;
  return (
    <article>
      <p class="hour" role="status">
        {t(all ? 'gate.hour' : 'gate.hour.own', counts)}
      </p>
      <fieldset class="ways">
        <legend class="unseen">{t('gate.direction')}</legend>
        {(['out', 'in'] as const).map((way) => (
          <label key={way}>
            <input
              type="radio"
              name="direction"
              checked={direction.value === way}
              onChange={() => {
                direction.value = way;
              }}
            />
            {t(`gate.${way}`)}
          </label>
        ))}
      </fieldset>
      <form
        class="scan"
        onSubmit={(event) => {
          event.preventDefault();
          read(field.current!.value);
          field.current!.value = '';
        }}
      >
        <label>
          {t('gate.scan')}
          <input ref={field} name="pass" autocomplete="off" autocapitalize="characters" spellcheck={false} autofocus />
        </label>
        <button type="submit">{t('gate.check')}</button>
      </form>
      <p class="said" role="status">
        {recorded.value}
      </p>
      {who.value === null ? null : (
        <Person
          key={who.value.since}
          gate={gate}
          who={who.value.is}
          direction={direction.value}
          done={(what) => {
            who.value = null;
            recorded.value = what;
          }}
        />
      )}
      <Camera t={t} read={read} />
      <section>
        <h2>{t('gate.others')}</h2>
        <div class="pair">
          {others.map((other) => (
            <button key={other} type="button" data-who={other} onClick={() => come({ other, visits: '' })}>
              {t(`gate.who.${other}`)}
            </button>
          ))}
        </div>
      </section>
    </article>
  );
}
