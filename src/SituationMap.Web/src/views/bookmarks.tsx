import { type Signal, signal } from '@preact/signals';
import { createRef, type RefObject } from 'preact';
import { valueIn } from '../frame/address';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import { LineIcon } from '../theme/icons';
import { Close } from '../ui/close';
import { copied } from '../ui/copy';
import { remember, remembered, type Stop, wallLink } from './stops';
import './bookmarks.css';

/** Views kept under a name, on this machine; together they make the round of a wall. */
export function bookmarks({ slots, tools, keys, notices }: PageParts, { t }: SessionParts, { map }: MapParts): void {
  const shown = signal(false);
  const stops = signal<Stop[]>([]);
  const name = createRef<HTMLInputElement>();
  const button = tools.add({ icon: 'bookmark', label: t('bookmarks.label'), run: toggle, expanded: shown });
  keys.add('b', 'bookmarks.label', toggle);
  slots.put(
    'bottom',
    <Bookmarks name={name} shown={shown} stops={stops} t={t} close={toggle} save={save} visit={visit} copy={copy} />,
  );

  function toggle(): void {
    shown.value = !shown.value;
    if (!shown.value) {
      button.current?.focus();
      return;
    }
    stops.value = remembered();
    name.current?.focus();
  }

  function save(next: Stop[]): void {
    remember(next);
    stops.value = remembered();
  }

  /** The view at once; all else of the address is read by whoever it concerns. */
  function visit(stop: Stop): void {
    location.hash = stop.hash;
    const [zoom, latitude, longitude] = (valueIn(stop.hash, 'map') ?? '').split('/').map(Number);
    if (zoom !== undefined && latitude !== undefined && longitude !== undefined)
      map.jumpTo({ zoom, center: [longitude, latitude] });
  }

  function copy(): void {
    notices.show(t(copied(location.href) ? 'bookmarks.copied' : 'copy.failed'), 2_500);
  }
}

interface BookmarksProps {
  /** What the next one is to be called. */
  name: RefObject<HTMLInputElement | null>;
  shown: Signal<boolean>;
  stops: Signal<Stop[]>;
  t: Translator;
  close: () => void;
  save: (stops: Stop[]) => void;
  visit: (stop: Stop) => void;
  copy: () => void;
}

function Bookmarks({ name, shown, stops, t, close, save, visit, copy }: BookmarksProps) {
  const add = (event: Event) => {
    event.preventDefault();
    const input = name.current!;
    const text = input.value.trim();
    if (text === '') {
      input.focus();
      return;
    }
    save([...remembered().filter((stop) => stop.name !== text), { name: text, hash: location.hash }]);
    input.value = '';
  };
  return (
    <section
      id="bookmarks"
      hidden={!shown.value}
      aria-label={t('bookmarks.label')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        close();
      }}
    >
      <header>
        <h2>{t('bookmarks.label')}</h2>
        <Close label={t('panel.close')} close={close} />
      </header>
      <form onSubmit={add}>
        <input
          ref={name}
          type="text"
          maxlength={40}
          aria-label={t('bookmarks.name')}
          placeholder={t('bookmarks.name')}
        />
        <button type="submit">{t('bookmarks.add')}</button>
      </form>
      <ul>
        {stops.value.map((stop) => (
          <li key={stop.name}>
            <button type="button" class="link" onClick={() => visit(stop)}>
              {stop.name}
            </button>
            <button
              type="button"
              class="icon"
              aria-label={t('bookmarks.remove', { name: stop.name })}
              title={t('bookmarks.remove', { name: stop.name })}
              onClick={() => save(remembered().filter((one) => one.name !== stop.name))}
            >
              <LineIcon icon="close" />
            </button>
          </li>
        ))}
      </ul>
      <div class="foot">
        {stops.value.length === 0 ? (
          <p class="second">{t('bookmarks.none')}</p>
        ) : (
          <a href={wallLink(stops.value, location.href)} target="_blank" rel="noopener">
            <LineIcon icon="screen" />
            {t('bookmarks.wall')}
          </a>
        )}
        <button type="button" class="quiet" onClick={copy}>
          {t('bookmarks.copy')}
        </button>
      </div>
    </section>
  );
}
