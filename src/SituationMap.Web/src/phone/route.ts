import { signal } from '@preact/signals';

/** What the page shows, as its address has it, so that Back and a reload work. */
export type Route = { page: 'list' } | { page: 'saved' } | { page: 'pin' } | { page: 'home'; household: string };

export const route = signal<Route>(read());
addEventListener('hashchange', () => {
  route.value = read();
});

function read(): Route {
  const [page, household] = location.hash.slice(1).split('=');
  if (page === 'home' && household) return { page, household: decodeURIComponent(household) };
  return { page: page === 'saved' || page === 'pin' ? page : 'list' };
}

export const linkTo = (to: Route): string =>
  to.page === 'home' ? `#home=${encodeURIComponent(to.household)}` : `#${to.page}`;

/** @param instead whether Back goes past where one was */
export function go(to: Route, instead = false): void {
  if (instead) location.replace(linkTo(to));
  else location.hash = linkTo(to);
  scrollTo(0, 0);
}
