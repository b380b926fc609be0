import { type ReadonlySignal, signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import type { Translator } from '../i18n/messages';
import { type Icon, LineIcon } from '../theme/icons';

export interface MenuEntry {
  icon: Icon;
  label: string | ReadonlySignal<string>;
  /** Said on hovering, where the label alone is too short. */
  title?: string;
  /** How many wait to be seen; empty: none. */
  badge?: ReadonlySignal<string>;
  run: () => void;
  lang?: string;
  /** Whether it is about the page and not about the map: those stand at the foot. */
  isOfPage?: true;
}

/** The rail of buttons at the edge of the page: each feature adds its own. */
export class Menu {
  readonly entries = signal<MenuEntry[]>([]);

  add(entry: MenuEntry): void {
    this.entries.value = [...this.entries.peek(), entry];
  }
}

interface RailProps {
  menu: Menu;
  /** What the last button opens: who the page acts for, and what runs for them. */
  account: ComponentChild;
  t: Translator;
}

const accountCard = 'account-card';

export function Rail({ menu, account, t }: RailProps) {
  const entries = menu.entries.value;
  return (
    <nav class="menu" aria-label={t('menu.label')}>
      {entries.filter((entry) => !entry.isOfPage).map(Entry)}
      <hr />
      {entries.filter((entry) => entry.isOfPage).map(Entry)}
      <button type="button" popovertarget={accountCard}>
        <LineIcon icon="person" />
        <span>{t('menu.account')}</span>
      </button>
      <section id={accountCard} popover="auto" aria-label={t('menu.account')}>
        {account}
      </section>
    </nav>
  );
}

function Entry({ icon, label, title, badge, run, lang }: MenuEntry) {
  return (
    <button key={icon} type="button" title={title} lang={lang} onClick={run}>
      <LineIcon icon={icon} />
      <span>{label}</span>
      {badge?.value ? (
        <>
          {' '}
          <b class="badge">{badge}</b>
        </>
      ) : null}
    </button>
  );
}
