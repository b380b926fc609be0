import { useSignal } from '@preact/signals';
import { render } from 'preact';
import { api } from '../api/client';
import type { DoorCode, DoorCodesRequest } from '../api/types';
import type { Translator } from '../i18n/messages';
import './cards.css';

interface CardProps {
  code: DoorCode;
  /** The QR code of its address, as SVG. */
  svg: string;
  t: Translator;
}

/** What is stuck to a door: where it is, the code, and what it is for. */
function Card({ code, svg, t }: CardProps) {
  return (
    <article>
      <img alt={code.url} src={`data:image/svg+xml,${encodeURIComponent(svg)}`} />
      <div>
        <h1>{`${code.address} ${code.label}`}</h1>
        <p>{t('doors.card')}</p>
        <p lang={t('doors.other.language')}>{t('doors.card.other')}</p>
      </div>
    </article>
  );
}

/**
 * Has codes made and prints them, a card a door. They are on the paper and nowhere else: what the printer did not take is made
 * anew.
 * @returns how many were printed, and how many doors have one already, which stays
 */
export async function printDoorCodes(
  request: DoorCodesRequest,
  t: Translator,
): Promise<{ printed: number; kept: number }> {
  const { codes, kept } = await api.doorCodes(request);
  if (codes.length > 0) await print(codes, t);
  return { printed: codes.length, kept };
}

async function print(codes: readonly DoorCode[], t: Translator): Promise<void> {
  const { renderSVG } = await import('uqr');
  const cards = document.createElement('section');
  cards.id = 'door-cards';
  render(
    codes.map((code) => <Card key={code.household} code={code} svg={renderSVG(code.url, { border: 2 })} t={t} />),
    cards,
  );
  document.body.append(cards);
  document.documentElement.dataset.prints = 'doors';
  try {
    await Promise.all([...cards.querySelectorAll('img')].map((image) => image.decode()));
    window.print();
  } finally {
    delete document.documentElement.dataset.prints;
    cards.remove();
  }
}

/** Prints the code of one door; where there is one already it asks first, for that one works no more then. */
export function DoorCodeButton({ household, t }: { household: string; t: Translator }) {
  const state = useSignal<'' | 'kept' | 'printed' | 'failed'>('');
  const run = async (renew: boolean): Promise<void> => {
    try {
      const { printed } = await printDoorCodes({ grid: null, building: null, household, renew }, t);
      state.value = printed > 0 ? 'printed' : 'kept';
    } catch {
      state.value = 'failed';
    }
  };
  return (
    <div class="door-code">
      <button type="button" onClick={() => void run(state.value === 'kept')}>
        {t(state.value === 'kept' ? 'doors.renew.one' : 'doors.print.household')}
      </button>
      <p class="second" role="status">
        {state.value && t(`doors.${state.value}`)}
      </p>
    </div>
  );
}
