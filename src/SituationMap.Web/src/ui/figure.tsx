import { useRef } from 'preact/hooks';

/** A number that moves shortly when it becomes another. */
export function Figure({ text }: { text: string }) {
  const shown = useRef({ text, moved: false });
  if (shown.current.text !== text) shown.current = { text, moved: true };
  // by its key it is another element, whose motion begins anew
  return (
    <b key={text} class={shown.current.moved ? 'moved' : undefined}>
      {text}
    </b>
  );
}
