import type { ComponentChildren } from 'preact';
import { Close } from '../ui/close';
import type { Side } from './sides';

interface SidePanelProps {
  side: Side;
  id: string;
  label: string;
  head: ComponentChildren;
  closeLabel: string;
  close: () => void;
  /** Whether Escape closes it from wherever the focus is within it. */
  escapes?: boolean;
  children: ComponentChildren;
}

/** A panel at the right side: a head that stays and a way to close it, and what lies below. */
export function SidePanel({ side, id, label, head, closeLabel, close, escapes = false, children }: SidePanelProps) {
  return (
    <section
      id={id}
      class="side"
      ref={side.element}
      hidden={!side.shown.value}
      aria-label={label}
      onKeyDown={(event) => {
        if (!escapes || event.key !== 'Escape') return;
        event.preventDefault();
        close();
      }}
    >
      <header>
        {head}
        <Close label={closeLabel} close={close} />
      </header>
      {children}
    </section>
  );
}
