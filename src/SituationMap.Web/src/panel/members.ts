import { send } from '../access/session';
import { ApiError } from '../api/client';
import { h } from '../dom';
import type { MessageKey, Translator } from '../i18n/messages';
import './members.css';

interface Member {
  code: string;
  born: number | null;
  sex: 'female' | 'male' | null;
  name: string | null;
  phone: string | null;
  number: string | null;
}

interface MembersAnswer {
  masked: boolean;
  members: Member[];
  /** Those of decisions about the household, as somebody wrote them or masked. */
  reasons: { fact: string; reason: string }[];
}

const purposes = [
  'contact-tracing',
  'visit',
  'medical-care',
  'supplies',
  'correction',
  'subject-request',
  'other',
] as const;

/** Who lives in a household: masked, and in full once it is said what for. What was shown goes with the household. */
export class Members {
  readonly element: HTMLElement;
  readonly #list = h('ul', {});
  readonly #reasons = h('div', {});
  readonly #place = h('div', { class: 'form-place' });
  readonly #show: HTMLButtonElement;
  #shown = false;

  constructor(
    readonly household: string,
    private readonly t: Translator,
  ) {
    this.#show = h('button', {
      type: 'button',
      class: 'quiet',
      'data-key': 'members-show',
      hidden: true,
      onclick: () => this.#ask(),
    });
    this.element = h(
      'section',
      { class: 'members', hidden: true },
      h('h3', {}, t('members.heading')),
      this.#list,
      this.#reasons,
      this.#show,
      this.#place,
    );
    void this.load();
  }

  get #path(): string {
    return `api/households/${encodeURIComponent(this.household)}/members`;
  }

  /** Fetches what there is; what was shown for a purpose stays as it is. */
  async load(): Promise<void> {
    if (this.#shown) return;
    try {
      this.#tell(await send<MembersAnswer>('GET', this.#path));
    } catch (error) {
      // what may be seen elsewhere only, or not now, is left out
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #tell({ masked, members, reasons }: MembersAnswer): void {
    const { t } = this;
    this.#shown = !masked;
    this.element.hidden = members.length + reasons.length === 0;
    this.#show.hidden =
      !masked ||
      (reasons.length === 0 &&
        members.every(({ name, phone, number }) => name === null && phone === null && number === null));
    this.#show.textContent = t(reasons.length === 0 ? 'members.show' : 'members.show.reasons');
    this.#reasons.replaceChildren(
      ...(reasons.length === 0
        ? []
        : [h('h4', {}, t('members.reasons')), h('ul', {}, ...reasons.map(({ reason }) => h('li', {}, reason)))]),
    );
    this.#list.replaceChildren(
      ...members.map((member, index) =>
        h(
          'li',
          {},
          h('span', {}, member.name ?? t('household.member', { n: index + 1 })),
          h(
            'span',
            { class: 'second' },
            [
              member.sex === null ? null : t(`members.sex.${member.sex}`),
              member.born === null ? null : t('members.born', { year: String(member.born) }),
              member.phone,
              member.number,
            ]
              .filter((part) => part !== null)
              .join(' · '),
          ),
        ),
      ),
    );
  }

  #ask(): void {
    const { t } = this;
    const purpose = h(
      'select',
      { id: 'members-purpose' },
      ...purposes.map((one) => h('option', { value: one }, t(`members.purpose.${one}` as MessageKey))),
    );
    const note = h('input', { id: 'members-note', type: 'text', maxlength: 200, autocomplete: 'off' });
    const trouble = h('p', { class: 'field-fault', role: 'alert' });
    const close = () => {
      this.#place.replaceChildren();
      if (!this.#show.hidden) this.#show.focus();
    };
    const form = h(
      'form',
      {
        novalidate: true,
        'aria-label': this.#show.textContent,
        onsubmit: async (event: Event) => {
          event.preventDefault();
          trouble.textContent = '';
          try {
            this.#tell(
              await send<MembersAnswer>('POST', this.#path, {
                purpose: purpose.value,
                note: note.value.trim() || null,
              }),
            );
            close();
          } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            trouble.textContent = t(
              error.code === 'personal-data'
                ? 'members.fault.personal'
                : error.status === 400
                  ? 'members.fault.note'
                  : error.status === 401 || error.status === 403 || error.status === 404
                    ? 'report.refused'
                    : error.status === null
                      ? 'report.unreachable'
                      : 'report.trouble',
            );
          }
        },
        onkeydown: (event: KeyboardEvent) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          close();
        },
      },
      h('h4', {}, this.#show.textContent),
      h('p', { class: 'second' }, t('members.recorded')),
      h('label', { for: 'members-purpose' }, h('span', {}, t('members.purpose')), purpose),
      h('label', { for: 'members-note' }, h('span', {}, t('members.note')), note),
      trouble,
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'submit', class: 'primary' }, t('members.show.now')),
        h('button', { type: 'button', class: 'quiet', onclick: close }, t('report.cancel')),
      ),
    );
    this.#place.replaceChildren(form);
    form.scrollIntoView({ block: 'nearest' });
    purpose.focus();
  }
}
