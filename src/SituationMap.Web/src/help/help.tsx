import { signal } from '@preact/signals';
import { createRef, type RefObject } from 'preact';
import type { Shortcuts } from '../frame/keys';
import type { PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import type { Appearance } from '../theme/theme';
import { Close } from '../ui/close';
import './help.css';

const seen = 'situationmap.seen';

/**
 * What the colours mean, where things are and which key does what; at the first visit three lines of it by themselves.
 */
export function help({ slots, menu, keys }: PageParts, { t, appearance, coveredArea }: SessionParts): void {
  const dialog = createRef<HTMLDialogElement>();
  const open = () => dialog.current?.showModal();
  menu.add({ icon: 'help', label: t('help.label'), run: open, isOfPage: true });
  keys.add('?', 'help.label', open);
  slots.put('dialogs', <Help dialog={dialog} keys={keys} t={t} appearance={appearance} />);
  if (localStorage.getItem(seen) !== null || coveredArea.grid === null) return;
  const isNew = signal(true);
  const done = () => {
    localStorage.setItem(seen, '1');
    isNew.value = false;
  };
  const Welcome = () =>
    isNew.value ? (
      <section id="welcome" aria-label={t('welcome.label')}>
        <h2>{t('welcome.label')}</h2>
        {(['look', 'click', 'search'] as const).map((part) => (
          <p key={part}>{t(`welcome.${part}`)}</p>
        ))}
        <div class="buttons">
          <button type="button" class="primary" onClick={done}>
            {t('welcome.done')}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => {
              done();
              open();
            }}
          >
            {t('welcome.more')}
          </button>
        </div>
      </section>
    ) : null;
  slots.put('bottom', <Welcome />);
}

interface HelpProps {
  dialog: RefObject<HTMLDialogElement | null>;
  keys: Shortcuts;
  t: Translator;
  appearance: Appearance;
}

function Help({ dialog, keys, t, appearance }: HelpProps) {
  return (
    <dialog id="help" ref={dialog} aria-labelledby="help-title">
      <header>
        <h2 id="help-title">{t('help.label')}</h2>
        <Close label={t('panel.close')} close={() => dialog.current?.close()} />
      </header>
      <div class="body">
        <h3>{t('help.read')}</h3>
        {(['colour', 'stroke', 'zone', 'why', 'live'] as const).map((part) => (
          <p key={part}>{t(`help.read.${part}`)}</p>
        ))}
        <h3>{t('help.keys')}</h3>
        <dl>
          {keys.all.value.map(({ key, does }) => (
            <Key key={key} name={key === ' ' ? t('help.space') : key} does={t(does)} />
          ))}
          <Key name="↑ ↓ ← →" does={t('help.arrows')} />
          <Key name="+ −" does={t('help.zoom')} />
          <Key name="Enter" does={t('help.enter')} />
          <Key name="Esc" does={t('help.escape')} />
        </dl>
        <h3>{t('help.settings')}</h3>
        <label class="setting">
          <input
            type="checkbox"
            checked={appearance.palette === 'classic'}
            onChange={(event) => appearance.use(event.currentTarget.checked ? 'classic' : 'default')}
          />
          {t('help.palette')}
        </label>
      </div>
    </dialog>
  );
}

function Key({ name, does }: { name: string; does: string }) {
  return (
    <>
      <dt>
        <kbd>{name}</kbd>
      </dt>
      <dd>{does}</dd>
    </>
  );
}
