import type { Translator } from '../i18n/messages';

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0', '⌫'];

/** A temperature's digits after a key. */
export const pressed = (digits: string, key: string): string => (key === '⌫' ? digits.slice(0, -1) : digits + key);

/** 365 is 36.5. */
export const shown = (digits = ''): string => (digits.length > 2 ? `${digits.slice(0, 2)}.${digits.slice(2)}` : digits);

/** Large keys for a temperature. */
export function Pad({ t, press }: { t: Translator; press: (key: string) => void }) {
  return (
    <fieldset class="pad" aria-label={t('phone.pad')}>
      {keys.map((key) =>
        key === '' ? (
          <span key="gap" />
        ) : (
          <button
            key={key}
            type="button"
            aria-label={key === '⌫' ? t('phone.delete') : key}
            // the field keeps the focus
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => press(key)}
          >
            {key}
          </button>
        ),
      )}
    </fieldset>
  );
}
