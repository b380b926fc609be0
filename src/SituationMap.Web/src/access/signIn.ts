import { ApiError } from '../api/client';
import { h } from '../dom';
import type { Notices } from '../frame/notices';
import type { Translator } from '../i18n/messages';
import { askSession, may, type Session, signIn, signOut } from './session';
import './access.css';

/** Who may see the map here; asks to sign in until somebody may. The page is loaded anew after that, so nothing of another person stays. */
export async function whoever(main: HTMLElement, notices: Notices, t: Translator): Promise<Session> {
  for (;;) {
    try {
      const session = await askSession();
      if (may(session, 'see')) return session;
      notices.clear();
      main.append(gate(session, t));
      return await new Promise<never>(() => {});
    } catch {
      notices.show(t('start.waiting'));
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
  }
}

/** The sign-in form in the middle of the page, or the word that an account may see nothing. */
function gate(session: Session, t: Translator): HTMLElement {
  const body =
    session.name === null
      ? h('div', {}, session.localMode ? h('p', { class: 'hint' }, t('access.local.open')) : null, signInForm(t))
      : h(
          'div',
          { class: 'nothing' },
          h('p', {}, t('access.nothing', { name: session.name })),
          h(
            'button',
            { type: 'button', class: 'main', onclick: () => void signOut().then(() => location.reload()) },
            t('access.signOut'),
          ),
        );
  return h(
    'div',
    { id: 'gate' },
    h('section', { 'aria-labelledby': 'gate-title' }, h('h2', { id: 'gate-title' }, t('title')), body),
  );
}

/** Name and password; the page is loaded anew when they were right. */
export function signInForm(t: Translator): HTMLFormElement {
  const name = h('input', {
    name: 'name',
    autocomplete: 'username',
    autocapitalize: 'none',
    required: true,
    autofocus: true,
  });
  const password = h('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const told = h('p', { class: 'told', role: 'alert' });
  const button = h('button', { type: 'submit', class: 'main' }, t('access.signIn'));
  return h(
    'form',
    {
      class: 'sign-in',
      onsubmit: (event: Event) => {
        event.preventDefault();
        button.disabled = true;
        told.textContent = '';
        signIn(name.value.trim(), password.value).then(
          () => location.reload(),
          (error: unknown) => {
            button.disabled = false;
            password.value = '';
            password.focus();
            told.textContent = t(
              !(error instanceof ApiError) || error.status === null
                ? 'access.unreachable'
                : error.status === 429
                  ? 'access.often'
                  : 'access.refused',
            );
          },
        );
      },
    },
    h('label', {}, t('access.name'), name),
    h('label', {}, t('access.password'), password),
    told,
    button,
  );
}
