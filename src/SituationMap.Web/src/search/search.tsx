import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createRef, type RefObject } from 'preact';
import { ApiError, api } from '../api/client';
import type { FoundThing } from '../api/types';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import type { Drawer } from '../panel/drawer';
import { Chip, Sign } from '../theme/chip';
import { LineIcon } from '../theme/icons';
import './search.css';

const pause = 120; // ms after the last key

/** What a found grid is opened with. */
export type OpenGrid = (grid: string) => void;

/** What was found, or what there is to say instead. */
interface Results {
  found: FoundThing[];
  more: boolean;
  said: string;
}

const nothing: Results = { found: [], more: false, said: '' };

/** The field at the top: a grid, an address, a household's code, a checkpoint, or the initials of their pinyin. */
export function search(
  { slots, keys }: PageParts,
  { t }: SessionParts,
  { map, padding }: MapParts,
  drawer: Drawer,
  openGrid: OpenGrid,
): void {
  const input = createRef<HTMLInputElement>();
  const list = createRef<HTMLUListElement>();
  const results = signal(nothing);
  const shown = signal(false);
  const active = signal(-1);
  let running: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  keys.add('/', 'search.label', () => input.current?.focus());
  slots.put(
    'top',
    <Search
      input={input}
      list={list}
      results={results}
      shown={shown}
      active={active}
      t={t}
      typed={() => {
        clearTimeout(timer);
        timer = setTimeout(() => void ask(), pause);
      }}
      pressed={press}
      choose={choose}
    />,
  );

  function press(event: KeyboardEvent): void {
    const { found } = results.peek();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (found.length === 0) return;
      const at = active.peek();
      active.value = (at + (event.key === 'ArrowDown' ? 1 : found.length + (at < 0 ? 0 : -1))) % found.length;
      list.current?.children[active.value]?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      clearTimeout(timer);
      void enter();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (shown.peek()) {
        shown.value = false;
        return;
      }
      input.current!.value = '';
      results.value = nothing;
      map.getCanvas().focus();
    }
  }

  async function enter(): Promise<void> {
    if (running !== null || results.peek().found.length === 0) await ask();
    const chosen = results.peek().found[Math.max(active.peek(), 0)];
    if (chosen) choose(chosen);
  }

  async function ask(): Promise<void> {
    running?.abort();
    const query = input.current!.value.trim();
    if (query === '') {
      results.value = nothing;
      shown.value = false;
      return;
    }
    const own = new AbortController();
    running = own;
    try {
      const { found, next } = await api.search(query, own.signal);
      const said = found.length === 0 ? t('search.none', { query }) : t('search.found', { n: found.length });
      show({ found, more: next !== null, said });
    } catch (error) {
      if (own.signal.aborted) return;
      const reached = error instanceof ApiError && error.status !== null;
      show({ found: [], more: false, said: t(reached ? 'panel.trouble' : 'panel.unreachable') });
    }
    if (running === own) running = null;
  }

  function show(next: Results): void {
    active.value = -1;
    results.value = next;
    shown.value = true;
  }

  function choose(one: FoundThing): void {
    shown.value = false;
    input.current!.value = one.name;
    if (one.kind === 'grid') openGrid(one.code);
    else if (one.kind !== 'checkpoint')
      void drawer.open({ building: one.building!, household: one.kind === 'household' ? one.code : null });
    map.fitBounds(one.bounds, { padding: padding(), maxZoom: one.kind === 'grid' ? 17 : 18 });
  }
}

interface SearchProps {
  input: RefObject<HTMLInputElement | null>;
  list: RefObject<HTMLUListElement | null>;
  results: ReadonlySignal<Results>;
  shown: Signal<boolean>;
  active: ReadonlySignal<number>;
  t: Translator;
  typed: () => void;
  pressed: (event: KeyboardEvent) => void;
  choose: (one: FoundThing) => void;
}

function Search({ input, list, results, shown, active, t, typed, pressed, choose }: SearchProps) {
  const { found, more, said } = results.value;
  const isWide = matchMedia('(min-width: 641px)').matches;
  return (
    // biome-ignore lint/a11y/useSemanticElements: the element search is younger than the readers of screens in use
    <section
      id="search"
      role="search"
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) shown.value = false;
      }}
    >
      <div class="field">
        <LineIcon icon="search" />
        <input
          ref={input}
          type="search"
          id="search-field"
          // biome-ignore lint/a11y/noRedundantRoles: without a list of the browser's own a field is none by itself
          role="combobox"
          list={undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={t(isWide ? 'search.placeholder' : 'search.label')}
          aria-label={t('search.label')}
          aria-expanded={shown.value}
          aria-controls="search-results"
          aria-autocomplete="list"
          aria-activedescendant={shown.value && active.value >= 0 ? `found-${active.value}` : undefined}
          enterkeyhint="search"
          onInput={typed}
          onFocus={() => {
            if (results.peek().found.length > 0) shown.value = true;
          }}
          onKeyDown={pressed}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: as ARIA's combobox has it */}
      <ul id="search-results" ref={list} role="listbox" aria-label={t('search.results')} hidden={!shown.value}>
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the active one
          // biome-ignore lint/a11y/useKeyWithClickEvents: so do the keys
          <li
            key={`${one.kind} ${one.code}`}
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: as ARIA's combobox has it
            role="option"
            id={`found-${index}`}
            aria-selected={index === active.value}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(one)}
          >
            <FoundSign of={one} />
            <span class="name">{one.name}</span>
            <span class="second">{t(`search.kind.${one.kind}`)}</span>
          </li>
        ))}
        {found.length === 0 || more ? (
          <li class={more ? 'second more' : 'second'} role="presentation">
            {more ? t('search.more') : said}
          </li>
        ) : null}
      </ul>
      <p class="unseen" role="status">
        {said}
      </p>
    </section>
  );
}

function FoundSign({ of }: { of: FoundThing }) {
  if (of.status !== null) return <Chip status={of.status} />;
  return <Sign kind={of.kind === 'checkpoint' ? 'post' : of.kind === 'grid' ? 'layer-grids' : 'plain'} />;
}
