/** The cross at the upper right of what can be closed. */
export function Close({ label, close }: { label: string; close: () => void }) {
  return <button type="button" class="icon close" aria-label={label} onClick={close} />;
}
