/** What is selected, as the address of the page keeps it: `#map=…&building=B-0001&household=H-01-0001`. */
export interface Selection {
  building: string;
  household: string | null;
}

export function selectionIn(hash: string): Selection | null {
  const values = new Map(hash.replace(/^#/, '').split('&').map((part) => {
    const at = part.indexOf('=');
    return [part.slice(0, at), part.slice(at + 1)] as const;
  }));
  const building = values.get('building');
  if (!building) return null;
  const household = values.get('household');
  return { building: decode(building), household: household ? decode(household) : null };
}

/** The address with that selection; what else stands in it (the view, which the map writes) stays as it is. */
export function withSelection(hash: string, selection: Selection | null): string {
  const rest = hash.replace(/^#/, '').split('&').filter((part) => part !== '' && !/^(building|household)=/.test(part));
  if (selection) rest.push(`building=${encodeURIComponent(selection.building)}`);
  if (selection?.household) rest.push(`household=${encodeURIComponent(selection.household)}`);
  return `#${rest.join('&')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
