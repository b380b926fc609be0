import { h, replaceContent } from '../dom';
import type { Side } from '../frame/sides';
import type { Viewer } from '../frame/viewer';
import { exporting } from './exporting';
import { Importing } from './importing';
import './imports.css';

/** Bringing files in and taking them out, on the right side of the page. */
export class DataSheet {
  readonly #side: Side;
  readonly #title = h('h2', { tabindex: -1 });
  readonly #body = h('div', { class: 'body' });
  readonly #importing: Importing | null;
  readonly #choice: HTMLButtonElement[];

  constructor(
    private readonly viewer: Viewer,
    imports: boolean,
  ) {
    const { t, main, sides } = viewer;
    this.#importing = imports ? new Importing(viewer) : null;
    this.#choice = imports
      ? [false, true].map((out) =>
          h('button', { type: 'button', onclick: () => this.#show(out) }, t(out ? 'data.export' : 'data.import')),
        )
      : [];
    const element = h(
      'section',
      { id: 'data', class: 'side', hidden: true, 'aria-label': t('data.title') },
      h(
        'header',
        {},
        this.#title,
        h('button', {
          type: 'button',
          class: 'icon close',
          'aria-label': t('panel.close'),
          onclick: () => this.toggle(),
        }),
      ),
      imports ? h('div', { class: 'choice', role: 'group', 'aria-label': t('data.title') }, ...this.#choice) : null,
      this.#body,
    );
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      this.toggle();
    });
    this.#side = { element };
    main.insertBefore(element, document.getElementById('notice'));
    sides.changed.on(() => {
      if (sides.top !== this.#side) this.#importing?.leave();
    });
    this.#show(!imports);
  }

  toggle(): void {
    const { sides } = this.viewer;
    if (sides.top === this.#side) return sides.hide(this.#side);
    sides.show(this.#side);
    this.#importing?.enter();
    this.#title.focus();
  }

  #show(out: boolean): void {
    this.#title.textContent = this.viewer.t(out ? 'data.export' : 'data.import');
    this.#choice.forEach((button, index) => button.setAttribute('aria-pressed', String((index === 1) === out)));
    replaceContent(this.#body, out || !this.#importing ? exporting(this.viewer) : this.#importing.element);
  }
}
