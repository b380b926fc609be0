import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import qrcode from 'qrcode-generator';
import type { NewSecondFactor, RecoveryCodes, SecondFactorState } from '../api/types';
import type { Translator } from '../i18n/messages';
import { send } from '../session/session';
import { copied } from '../ui/copy';
import { FieldForm, type FieldOf } from './fieldForm';

const path = 'api/account/second-factor';
const quietZone = 4; // modules, as ISO/IEC 18004 asks for
const fewCodes = 3;
const password: FieldOf = { name: 'password', label: 'own.password', isSecret: true, autocomplete: 'current-password' };
const code: FieldOf = { name: 'code', label: 'access.code', hint: 'own.code.either', autocomplete: 'one-time-code' };

interface SecondFactorProps {
  t: Translator;
  state: SecondFactorState;
  /** Whether a role of the account holds only with it. */
  needed: boolean;
  /** Asks for the state anew. */
  refresh: () => Promise<void>;
}

/** Enrols a second factor, shows its recovery codes once, and removes or replaces it. */
export function SecondFactorPart({ t, state, needed, refresh }: SecondFactorProps) {
  const begun = useSignal<NewSecondFactor | null>(null);
  const codes = useSignal<readonly string[] | null>(null);
  const replacing = useSignal(false);

  if (codes.value !== null) {
    return (
      <Codes
        t={t}
        codes={codes.value}
        done={() => {
          codes.value = null;
        }}
      />
    );
  }
  if (begun.value !== null) {
    return (
      <Enrolling
        t={t}
        begun={begun.value}
        confirm={async (code) => {
          codes.value = (await send<RecoveryCodes>('POST', `${path}/confirm`, { code })).codes;
          begun.value = null;
          replacing.value = false;
          await refresh();
        }}
        cancel={() => {
          begun.value = null;
        }}
      />
    );
  }
  const begin = async (given: Record<string, string>) => {
    begun.value = await send<NewSecondFactor>('POST', path, given);
  };
  if (replacing.value) {
    return (
      <>
        <p role="status">{t('own.factor.replacing')}</p>
        <FieldForm
          key="replacing"
          t={t}
          focuses
          fields={[password, code]}
          actions={[{ label: 'own.factor.begin', name: 'begin' }]}
          run={begin}
        />
        <button
          type="button"
          class="link"
          onClick={() => {
            replacing.value = false;
          }}
        >
          {t('own.factor.cancel')}
        </button>
      </>
    );
  }
  if (state.enrolled) {
    return (
      <>
        <p>{t('own.factor.on', { n: state.recovery })}</p>
        {state.recovery <= fewCodes ? <p class="hint">{t('own.factor.fewCodes')}</p> : null}
        <button
          type="button"
          onClick={() => {
            replacing.value = true;
          }}
        >
          {t('own.factor.replace')}
        </button>
        <FieldForm
          key="enrolled"
          t={t}
          fields={[code]}
          actions={[{ label: 'own.factor.remove', name: 'remove' }]}
          run={async (given) => {
            await send('POST', `${path}/remove`, given);
            await refresh();
          }}
        />
      </>
    );
  }
  return (
    <>
      <p class={needed ? 'message' : 'hint'}>{t(needed ? 'own.factor.needed' : 'own.factor.why')}</p>
      <FieldForm
        key="begin"
        t={t}
        fields={[password]}
        actions={[{ label: 'own.factor.begin', name: 'begin' }]}
        run={begin}
      />
    </>
  );
}

interface EnrollingProps {
  t: Translator;
  begun: NewSecondFactor;
  confirm: (code: string) => Promise<void>;
  cancel: () => void;
}

function Enrolling({ t, begun, confirm, cancel }: EnrollingProps) {
  return (
    <div class="enrolling">
      <p>{t('own.factor.scan')}</p>
      <QrCode text={begun.address} label={t('own.factor.qr')} />
      <p>
        {t('own.factor.type')}
        <code>{begun.secret.match(/.{1,4}/g)?.join(' ')}</code>
        <a href={begun.address}>{t('own.factor.here')}</a>
      </p>
      <FieldForm
        key="confirm"
        t={t}
        focuses
        fields={[{ name: 'code', label: 'access.code', hint: 'own.code.six', autocomplete: 'one-time-code' }]}
        actions={[{ label: 'own.factor.confirm', name: 'confirm' }]}
        run={({ code }) => confirm(code!)}
      />
      <button type="button" class="link" onClick={cancel}>
        {t('own.factor.cancel')}
      </button>
    </div>
  );
}

/** Black on white in every theme: programs that read it expect that. */
function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  const modules = Array.from({ length: size * size }, (_, at) => [Math.floor(at / size), at % size] as const);
  const dark = modules.filter(([row, column]) => code.isDark(row, column));
  const whole = size + 2 * quietZone;
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`${-quietZone} ${-quietZone} ${whole} ${whole}`}>
      <rect x={-quietZone} y={-quietZone} width={whole} height={whole} fill="#fff" />
      <path fill="#000" d={dark.map(([row, column]) => `M${column} ${row}h1v1h-1z`).join('')} />
    </svg>
  );
}

/** Recovery codes, which nobody can see again. */
function Codes({ t, codes, done }: { t: Translator; codes: readonly string[]; done: () => void }) {
  const head = useRef<HTMLParagraphElement>(null);
  const said = useSignal('');
  useLayoutEffect(() => head.current!.focus(), []);
  const copy = () => {
    said.value = t(copied(codes.join('\n')) ? 'own.codes.copied' : 'own.codes.notCopied');
  };
  return (
    <div class="recovery">
      <p ref={head} tabIndex={-1}>
        {t('own.codes')}
      </p>
      <ol>
        {codes.map((code) => (
          <li key={code}>
            <code>{code.match(/.{1,4}/g)?.join(' ')}</code>
          </li>
        ))}
      </ol>
      <p class="actions">
        <button type="button" class="main" onClick={copy}>
          {t('own.codes.copy')}
        </button>
        <button type="button" onClick={done}>
          {t('own.codes.kept')}
        </button>
      </p>
      <p role="status">{said}</p>
    </div>
  );
}
