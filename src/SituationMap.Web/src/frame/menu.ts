import { h } from '../dom';
import { type Icon, icon } from './icons';

export interface MenuEntry {
  icon: Icon;
  label: string;
  /** Said on hovering, where the label alone is too short. */
  title?: string;
  run: () => void;
  lang?: string;
}

/** The row of buttons at the foot of the card: each feature puts its own there. */
export class Menu {
  readonly element = h('div', { class: 'menu' });

  add({ icon: name, label, title, run, lang }: MenuEntry): HTMLButtonElement {
    const button = h('button', { type: 'button', title, lang, onclick: run }, icon(name), h('span', {}, label));
    this.element.append(button);
    return button;
  }
}
