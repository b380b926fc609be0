import copyText from 'copy-text-to-clipboard';

/**
 * Copies a text; false where the browser forbids it. navigator.clipboard would not do: it is there only over TLS, and
 * the map is used on plain intranets.
 */
export const copied = (text: string): boolean =>
  // outside an open dialog nothing can be selected
  copyText(text, { target: document.activeElement?.closest('dialog') ?? document.body });
