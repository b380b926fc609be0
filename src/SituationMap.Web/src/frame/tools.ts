import type { IControl } from 'maplibre-gl';
import { h } from '../dom';
import { type Icon, icon } from './icons';

/** A column of buttons at the lower right, above the map's own: what moves the map or is done on it. */
export class Tools implements IControl {
  readonly element = h('div', { class: 'maplibregl-ctrl maplibregl-ctrl-group tools' });

  onAdd(): HTMLElement {
    return this.element;
  }

  onRemove(): void {
    this.element.remove();
  }

  add(name: Icon, label: string, run: () => void): HTMLButtonElement {
    const button = h('button', { type: 'button', 'aria-label': label, title: label, onclick: run }, icon(name));
    this.element.append(button);
    return button;
  }
}
