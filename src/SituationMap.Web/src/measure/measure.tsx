import { computed, signal } from '@preact/signals';
import type { GeoJSONSource, MapMouseEvent } from 'maplibre-gl';
import { area, length } from '../coordinates/systems';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import { palette } from '../theme/theme';
import './measure.css';

type Tool = 'length' | 'area';
type Point = [number, number];

/** Measuring by clicking: a way in metres, a surface in square metres and its edge, along the ellipsoid. */
export function measuring(
  { slots, tools, keys, mode }: PageParts,
  { t, appearance }: SessionParts,
  { map, dressing }: MapParts,
): void {
  const tool = signal<Tool | null>(null);
  let points: Point[] = [];
  const result = signal('');
  slots.put(
    'bottom',
    <div id="measured" role="status" hidden={computed(() => tool.value === null)}>
      {result}
    </div>,
  );
  const offered = [
    ['length', 'ruler'],
    ['area', 'area'],
  ] as const;
  for (const [name, icon] of offered)
    tools.add({
      icon,
      label: t(`measure.${name}`),
      run: () => toggle(name),
      pressed: computed(() => tool.value === name),
    });
  keys.add('m', 'measure.length', () => toggle('length'));

  dressing.add((style) => {
    const colour = palette(appearance).text!;
    const halo = palette(appearance).panel!;
    return {
      ...style,
      sources: { ...style.sources, measured: { type: 'geojson', data: drawn() } },
      layers: [
        ...style.layers,
        {
          id: 'measured-fill',
          type: 'fill',
          source: 'measured',
          filter: ['==', ['geometry-type'], 'Polygon'],
          paint: { 'fill-color': colour, 'fill-opacity': 0.08 },
        },
        { id: 'measured-halo', type: 'line', source: 'measured', paint: { 'line-color': halo, 'line-width': 5 } },
        {
          id: 'measured-line',
          type: 'line',
          source: 'measured',
          paint: { 'line-color': colour, 'line-width': 2, 'line-dasharray': [3, 2] },
        },
        {
          id: 'measured-points',
          type: 'circle',
          source: 'measured',
          filter: ['==', ['geometry-type'], 'Point'],
          paint: { 'circle-radius': 4, 'circle-color': halo, 'circle-stroke-color': colour, 'circle-stroke-width': 2 },
        },
      ],
    };
  });

  const click = (event: MapMouseEvent) => {
    if (tool.peek() === null) return;
    points = [...points, [event.lngLat.lng, event.lngLat.lat]];
    show(null);
  };
  map.on('click', click);
  map.on('mousemove', ({ lngLat }) => {
    if (tool.peek() !== null && points.length > 0) show([lngLat.lng, lngLat.lat]);
  });
  document.addEventListener(
    'keydown',
    (event) => {
      if (tool.peek() === null) return;
      if (event.key === 'Escape') {
        event.preventDefault();
        choose(null);
      } else if (event.key === 'Enter' && document.activeElement === map.getCanvas()) {
        event.preventDefault();
        event.stopImmediatePropagation();
        const { lng, lat } = map.getCenter();
        points = [...points, [lng, lat]];
        show(null);
      } else if (event.key === 'Backspace') {
        points = points.slice(0, -1);
        show(null);
      }
    },
    { capture: true },
  );

  function toggle(name: Tool): void {
    choose(tool.peek() === name ? null : name);
  }

  function choose(chosen: Tool | null): void {
    tool.value = chosen;
    points = [];
    mode.set('measuring', chosen !== null); // the map's own clicks select nothing meanwhile
    if (chosen === null) map.doubleClickZoom.enable();
    else map.doubleClickZoom.disable();
    show(null);
  }

  function show(pointer: Point | null): void {
    const all = pointer === null ? points : [...points, pointer];
    void map.getSource<GeoJSONSource>('measured')?.setData(drawn(pointer));
    if (tool.peek() === 'length') result.value = all.length < 2 ? t('measure.hint') : metres(length(all));
    else if (tool.peek() === 'area') {
      const measured = area(all);
      result.value =
        all.length < 3
          ? t('measure.hint')
          : t('measure.areaIs', { area: squareMetres(measured.area), edge: metres(measured.perimeter) });
    }
  }

  function drawn(pointer: Point | null = null): GeoJSON.FeatureCollection {
    const all = pointer === null ? points : [...points, pointer];
    const feature = (geometry: GeoJSON.Geometry): GeoJSON.Feature => ({ type: 'Feature', properties: {}, geometry });
    return {
      type: 'FeatureCollection',
      features: [
        ...(tool.peek() === 'area' && all.length > 2
          ? [feature({ type: 'Polygon', coordinates: [[...all, all[0]!]] })]
          : []),
        ...(all.length > 1 ? [feature({ type: 'LineString', coordinates: all })] : []),
        ...points.map((point) => feature({ type: 'Point', coordinates: point })),
      ],
    };
  }

  const metres = (value: number) =>
    value < 1_000
      ? `${t.number(Math.round(value * 10) / 10)} ${t('map.scale.m')}`
      : `${t.number(Math.round(value / 10) / 100)} ${t('map.scale.km')}`;
  const squareMetres = (value: number) =>
    value < 1e6
      ? t('measure.squareMetres', { n: Math.round(value) })
      : t('measure.squareKilometres', { n: Math.round(value / 1e4) / 100 });
}
