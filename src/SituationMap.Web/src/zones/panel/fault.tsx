/** The fields of a draft, as the server names them. */
export const markable = ['geometry', 'name', 'level', 'from', 'to', 'reason'] as const;

export interface WrongField {
  field: (typeof markable)[number];
  text: string;
  /** The field was changed since: the words keep their room, so that nothing moves under the pointer that leaves the field. */
  isPast: boolean;
}

/** What makes a control say that it is wrong, and where it is said why. */
export const marks = (field: WrongField['field'], wrong: WrongField | null, described = '') => ({
  'aria-invalid': (wrong?.field === field && !wrong.isPast) || undefined,
  'aria-describedby': `zone-${field}-fault ${described}`.trim(),
});

/** Beside the field; read out as soon as it is there. */
export function FieldFault({ field, wrong }: { field: WrongField['field']; wrong: WrongField | null }) {
  return (
    <p class={`fault${wrong?.isPast ? ' past' : ''}`} id={`zone-${field}-fault`} role="alert">
      {wrong?.field === field ? wrong.text : ''}
    </p>
  );
}
