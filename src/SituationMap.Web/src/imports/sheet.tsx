import { signal } from '@preact/signals';
import { createRef } from 'preact';
import type { Viewer } from '../frame/parts';
import { SidePanel } from '../frame/side';
import { Side } from '../frame/sides';
import { Exporting } from './exporting';
import { Importing } from './importing';
import './imports.css';

/** Bringing files in and taking them out, on the right side of the page. */
export class DataSheet {
  readonly #side = new Side();
  readonly #title = createRef<HTMLHeadingElement>();
  readonly #importing: Importing | null;
  readonly #out = signal(false);

  constructor(
    private readonly viewer: Viewer,
    imports: boolean,
  ) {
    const { slots, sides } = viewer;
    this.#importing = imports ? new Importing(viewer) : null;
    this.#out.value = !imports;
    slots.put('side', <this.Panel />);
    sides.changed.on(() => {
      if (sides.top !== this.#side) this.#importing?.leave();
    });
  }

  toggle(): void {
    const { sides } = this.viewer;
    if (sides.top === this.#side) {
      sides.hide(this.#side);
      return;
    }
    sides.show(this.#side);
    this.#importing?.enter();
    this.#title.current?.focus();
  }

  private readonly Panel = () => {
    const { t } = this.viewer;
    const isOut = this.#out.value;
    const importing = this.#importing;
    return (
      <SidePanel
        side={this.#side}
        id="data"
        label={t('data.title')}
        head={
          <h2 ref={this.#title} tabIndex={-1}>
            {t(isOut ? 'data.export' : 'data.import')}
          </h2>
        }
        closeLabel={t('panel.close')}
        close={() => this.toggle()}
        escapes
      >
        {importing && (
          // biome-ignore lint/a11y/useSemanticElements: two buttons are no fields
          <div class="choice" role="group" aria-label={t('data.title')}>
            {[false, true].map((out) => (
              <button
                key={String(out)}
                type="button"
                aria-pressed={out === isOut}
                onClick={() => {
                  this.#out.value = out;
                }}
              >
                {t(out ? 'data.export' : 'data.import')}
              </button>
            ))}
          </div>
        )}
        <div class="body">{isOut || !importing ? <Exporting {...this.viewer} /> : <importing.Form />}</div>
      </SidePanel>
    );
  };
}
