/** Line icons of 20 × 20, each a path of our own. */
const paths = {
  eye: 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10ZM10 7.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8Z',
  'eye-off': 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10ZM4 16.5 16 3.5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  up: 'M10 16V4M5 9l5-5 5 5',
  down: 'M10 4v12M5 11l5 5 5-5',
  fit: 'M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4',
  home: 'M3 9.5 10 3.5l7 6M5 8v8.5h10V8',
  back: 'M12.5 4 6.5 10l6 6',
  forward: 'M7.5 4l6 6-6 6',
  ruler: 'M2.5 13.5 13.5 2.5l4 4-11 11ZM6 10l1.7 1.7M8.6 7.4l1.7 1.7M11.2 4.8l1.7 1.7',
  area: 'M4 5.5 15 3.5l1.5 11L6 16.5ZM4 5.5h.01M15 3.5h.01M16.5 14.5h.01M6 16.5h.01',
  bookmark: 'M5.5 3h9v14L10 13.2 5.5 17Z',
  bell: 'M10 3a4.500 4.500 0 0 1 4.500 4.500V11l1.800 3H3.700l1.800-3V7.500A4.500 4.500 0 0 1 10 3ZM8.300 16.500a1.800 1.800 0 0 0 3.400 0',
  list: 'M3 5l1.5 1.5L7 4M3 11l1.5 1.5L7 10M9.500 5.500H17M9.500 11.500H17M9.500 16.500H17',
  search: 'M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM13.2 13.2 17 17',
  chart: 'M3 17h14M5 14V9.5M10 14V4M15 14V7.5',
  clock: 'M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM10 6v4.3l2.8 1.7',
  print: 'M6 7V3h8v4M6 14H3.5V7h13v7H14M6 11.5h8V17H6Z',
  help: 'M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM7.9 8.2a2.1 2.1 0 1 1 3.2 1.8c-.7.4-1.1.8-1.1 1.7M10 14h.01',
  moon: 'M16 12A6.7 6.7 0 0 1 8 4a6.7 6.7 0 1 0 8 8Z',
  globe: 'M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM3 10h14M10 3c2.4 2 2.4 12 0 14M10 3c-2.4 2-2.4 12 0 14',
  screen: 'M3 4h14v10H3ZM7 17h6',
  play: 'M6 4l10 6-10 6Z',
  pause: 'M6.5 4v12M13.5 4v12',
  split: 'M3 4h14v12H3ZM10 4v12',
  check: 'M4 10.5l4 4 8-9',
  alarm: 'M10 3.500 17.500 16.500h-15ZM10 8.500v3.500M10 14.300h.01',
  difference: 'M4 4h7v7H4ZM9 9h7v7H9ZM11.500 11.500h2M12.500 10.500v2',
  close: 'M5 5l10 10M15 5 5 15',
  plus: 'M10 4v12M4 10h12',
  layers: 'M10 3l7.5 4L10 11 2.5 7ZM3 11l7 4 7-4',
  edit: 'M4 16l.8-3.4L13.5 4 16 6.5 7.4 15.2Z',
  upload: 'M10 13V4M6 7.5 10 3.5l4 4M3.5 13v3.5h13V13',
  undo: 'M7.5 4.5 3.5 8.5l4 4M3.5 8.5H12a4.5 4.5 0 0 1 0 9H9',
  redo: 'M12.5 4.5l4 4-4 4M16.5 8.5H8a4.5 4.5 0 0 0 0 9h3',
  polygon: 'M10 3l7 5-2.7 8.5H5.7L3 8Z',
  rectangle: 'M3 5h14v10H3Z',
  circle: 'M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14Z',
  hole: 'M3 3h14v14H3ZM7.5 7.5h5v5h-5Z',
  knife: 'M3 5h14v10H3ZM12.5 2 7.5 18',
  merge: 'M3 3h9v9H3ZM8 8h9v9H8Z',
  corners: 'M5 5 15 4l1 11-10 1ZM3.5 3.5h3v3h-3ZM13.5 2.5h3v3h-3ZM14.5 13.5h3v3h-3ZM4.5 14.5h3v3h-3Z',
  move: 'M10 3v14M3 10h14M8 5l2-2 2 2M8 15l2 2 2-2M5 8l-2 2 2 2M15 8l2 2-2 2',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1',
  person: 'M10 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM3.5 17c.6-3.4 3.2-5 6.5-5s5.900 1.600 6.500 5',
} as const;

export type Icon = keyof typeof paths;

export function LineIcon({ icon }: { icon: Icon }) {
  return (
    <svg class="line-icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[icon]} />
    </svg>
  );
}
