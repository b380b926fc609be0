import type { ComponentChildren } from 'preact';

/** Does something, shows the new state, and says what was wrong with it; whether it was done. */
export type Change = (request: () => Promise<unknown>) => Promise<boolean>;

interface LineFormProps {
  label: string;
  change: Change;
  run: (values: Record<string, string>) => Promise<unknown>;
  children: ComponentChildren;
}

/** Fields in a line with a button; empty again once it is done. */
export function LineForm({ label, change, run, children }: LineFormProps) {
  const sendIt = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    if (await change(() => run(values))) form.reset();
  };
  return (
    <form class="line" onSubmit={(event) => void sendIt(event)}>
      {children}
      <button type="submit">{label}</button>
    </form>
  );
}

/** A field whose label is heard, and seen as its placeholder. */
export function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the content
    <label>
      <span class="unseen">{label}</span>
      {children}
    </label>
  );
}
