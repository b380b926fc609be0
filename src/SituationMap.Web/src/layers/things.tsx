import { signal, useSignal } from '@preact/signals';
import type { PointLike } from 'maplibre-gl';
import { useEffect, useRef } from 'preact/hooks';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import { Sign } from '../theme/chip';
import { Close } from '../ui/close';
import { type Fact, factsOf, inShort, type Thing } from './facts';
import './things.css';

const rest = 300; // ms that the pointer rests before a card comes

/** Layers whose features answer, from the top of the map to its ground; where there is a building, it answers. */
const kinds = [
  ['checkpoint', ['checkpoints', 'checkpoints-letters']],
  ['building', ['buildings']],
  ['road', ['roads', 'roads-casing', 'roads-names']],
  // near enough for buildings a grid is met at its name and its border
  ['grid', ['grids-names', 'grids-edge']],
  ['zone', ['zones-hatch', 'zones-outline']],
  ['grid', ['grids']],
] as const;

interface Shown {
  thing: Thing;
  x: number;
  y: number;
}

export interface Things {
  /**
   * Opens the card of what is at a point of the screen; false: nothing there has one.
   * @param only checkpoints, which lie over buildings, or whatever is there
   */
  pin: (point: { x: number; y: number }, only: 'checkpoint' | 'any') => boolean;
}

/** Everything that is no building answers, too: with a line while the pointer rests on it, with all that is known on a click. */
export function things(viewer: MapParts & PageParts & SessionParts): Things {
  const { map, slots, mode, time, t } = viewer;
  const hovered = signal<Shown | null>(null);
  const pinned = signal<Shown | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const at = (point: { x: number; y: number }): Thing | null => {
    const here: PointLike = [point.x, point.y];
    for (const [kind, names] of kinds) {
      const layers = names.filter((name) => map.getLayer(name));
      const found = map.queryRenderedFeatures(here, { layers })[0];
      if (!found) continue;
      if (kind === 'building') return null;
      const { code, name, level, manned, passage } = found.properties as Record<string, unknown>;
      const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
      if (kind === 'road' && text(name) === null) continue;
      return {
        kind,
        code: text(code),
        name: text(name) ?? '',
        level: text(level) ?? text(found.properties.class),
        isManned: manned === true,
        passage: text(passage),
      };
    }
    return null;
  };

  map.on('mousemove', ({ point }) => {
    clearTimeout(timer);
    hovered.value = null;
    if (mode.is('drawing', 'measuring')) return;
    timer = setTimeout(() => {
      const thing = at(point);
      hovered.value = thing && { thing, x: point.x, y: point.y };
    }, rest);
  });
  const leave = () => {
    clearTimeout(timer);
    hovered.value = null;
  };
  map.on('mouseout', leave);
  map.on('movestart', () => {
    leave();
    pinned.value = null;
  });
  time.changed.on(() => {
    pinned.value = null;
  });

  const View = () => (
    <>
      {hovered.value && pinned.value === null && (
        <div class="thing" aria-hidden="true" style={placeOf(hovered.value)}>
          <Title thing={hovered.value.thing} />
          <span class="second">{inShort(hovered.value.thing, t)}</span>
        </div>
      )}
      {pinned.value && (
        <Card
          key={`${pinned.value.thing.kind} ${pinned.value.thing.code} ${pinned.value.thing.name}`}
          shown={pinned.value}
          viewer={viewer}
          close={() => {
            pinned.value = null;
          }}
        />
      )}
    </>
  );
  slots.put('notice', <View />);

  return {
    pin: (point, only) => {
      const thing = at(point);
      leave();
      pinned.value = thing && (only === 'any' || thing.kind === only) ? { thing, x: point.x, y: point.y } : null;
      return pinned.value !== null;
    },
  };
}

const placeOf = ({ x, y }: Shown) => ({
  left: `min(${x + 14}px, 100% - 300px)`,
  top: `min(${y + 14}px, 100% - 260px)`,
});

const Title = ({ thing: { kind, name } }: { thing: Thing }) => (
  <b>
    <Sign kind={kind === 'checkpoint' ? 'post' : kind === 'zone' ? 'zone' : `layer-${kind}s`} />
    {name}
  </b>
);

interface CardProps {
  shown: Shown;
  viewer: SessionParts;
  close: () => void;
}

/** All that is known of it. What was asked for and has not come is said, too. */
function Card({ shown, viewer, close }: CardProps) {
  const { thing } = shown;
  const { t, time } = viewer;
  const facts = useSignal<readonly Fact[] | 'failed' | null>(null);
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    const asking = new AbortController();
    factsOf(thing, viewer, time.query, asking.signal).then(
      (found) => {
        facts.value = found;
      },
      () => {
        if (!asking.signal.aborted) facts.value = 'failed';
      },
    );
    card.current?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true });
    return () => asking.abort();
  }, []);
  const known = facts.value;
  return (
    <section
      class="thing pinned"
      ref={card}
      aria-label={thing.name}
      style={placeOf(shown)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <header>
        <Title thing={thing} />
        <Close label={t('panel.close')} close={close} />
      </header>
      <p class="second">{inShort(thing, t)}</p>
      {known === null ? (
        <p role="status">{t('panel.loading')}</p>
      ) : known === 'failed' ? (
        <p role="alert">{t('panel.unreachable')}</p>
      ) : (
        <dl>
          {known.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
