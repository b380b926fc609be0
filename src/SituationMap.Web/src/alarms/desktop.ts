import { signal } from '@preact/signals';
import type { MessageKey } from '../i18n/messages';

/** Notifications of the desktop: there only where the page came over HTTPS, and only where somebody allows them. */
export class Desktop {
  /** Why there are none; null: there are, or will be when they are asked for. */
  readonly missing = signal<MessageKey | null>(missing());

  /** Asks the browser's user, at the click that wants them. */
  async allow(): Promise<boolean> {
    if (this.missing.peek() === null && Notification.permission === 'default') await Notification.requestPermission();
    this.missing.value = missing();
    return this.missing.peek() === null && Notification.permission === 'granted';
  }

  /** One at a time: the newest takes the place of the one before. */
  show(title: string, body: string): void {
    if (missing() !== null || Notification.permission !== 'granted') return;
    const shown = new Notification(title, { body, tag: 'situationmap', silent: true });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  }
}

function missing(): MessageKey | null {
  if (!isSecureContext) return 'alarms.desktop.insecure';
  if (!('Notification' in window)) return 'alarms.desktop.none';
  return Notification.permission === 'denied' ? 'alarms.desktop.denied' : null;
}
