import 'virtual:resident-palette.css';
import './page.css';

/**
 * The resident's page, which the server writes and which works without this: has what is told read aloud, and keeps a form from being sent
 * twice by an impatient finger.
 */
const button = document.querySelector<HTMLButtonElement>('#read');
const told = document.querySelector<HTMLElement>('#told');

if (button && told && 'speechSynthesis' in window) {
  const [read, stop] = [button.textContent, button.dataset.stop!];
  const say = (isReading: boolean): void => {
    button.textContent = isReading ? stop : read;
    button.setAttribute('aria-pressed', `${isReading}`);
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    const isReading = button.getAttribute('aria-pressed') === 'true';
    speechSynthesis.cancel();
    say(!isReading);
    if (isReading) return;
    // a sentence each, so that there is a pause between them
    const sentences = [...told.querySelectorAll('h2, h3, p, li')].map((part) => part.textContent ?? '');
    sentences.forEach((sentence, index) => {
      const utterance = new SpeechSynthesisUtterance(sentence);
      utterance.lang = document.documentElement.lang;
      if (index === sentences.length - 1) utterance.addEventListener('end', () => say(false));
      speechSynthesis.speak(utterance);
    });
  });
}

for (const form of document.querySelectorAll('form'))
  form.addEventListener('submit', () => {
    const send = form.querySelector<HTMLButtonElement>('button[type=submit]');
    if (send) send.disabled = true;
  });

// a page that comes back from the browser's memory may be sent again
window.addEventListener('pageshow', () => {
  for (const send of document.querySelectorAll<HTMLButtonElement>('button[type=submit]')) send.disabled = false;
});
