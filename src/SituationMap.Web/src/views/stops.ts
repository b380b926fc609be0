/** A view with a name: what a bookmark keeps and a wall goes through. */
export interface Stop {
  name: string;
  /** What stands behind `#` in the address: view, layers, selection, time. */
  hash: string;
}

const key = 'situationmap.bookmarks';

export function remembered(): Stop[] {
  try {
    const stops: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stops) ? stops.filter(isStop) : [];
  } catch {
    return [];
  }
}

export function remember(stops: Stop[]): void {
  localStorage.setItem(key, JSON.stringify(stops));
}

/** The link to a wall that goes through these views: they travel in the link, so it works on any machine. */
export function wallLink(stops: Stop[], href: string): string {
  const url = new URL(href);
  url.searchParams.set('kiosk', '1');
  url.searchParams.delete('stop');
  for (const { name, hash } of stops)
    url.searchParams.append('stop', `${name}~${/(?:^#|&)map=([^&]*)/.exec(hash)?.[1] ?? ''}`);
  url.hash = '';
  return url.href;
}

/** The views of such a link; those without a place are left out. */
export function stopsOf(search: string): { name: string; zoom: number; center: [number, number] }[] {
  return new URLSearchParams(search).getAll('stop').flatMap((stop) => {
    const [name = '', view = ''] = stop.split('~');
    const [zoom, latitude, longitude] = view.split('/').map(Number);
    return [zoom, latitude, longitude].some((value) => value === undefined || Number.isNaN(value))
      ? []
      : [{ name, zoom: zoom!, center: [longitude!, latitude!] as [number, number] }];
  });
}

const isStop = (value: unknown): value is Stop =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Stop).name === 'string' &&
  typeof (value as Stop).hash === 'string';
