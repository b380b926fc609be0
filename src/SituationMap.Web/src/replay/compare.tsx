import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { Map as MapLibreMap } from 'maplibre-gl';
import { createRef } from 'preact';
import type { Viewer } from '../frame/parts';
import type { Moment } from '../frame/time';
import { throughTiles } from '../map/tiles';
import { ofMoment } from './tiles';

/** A second map at the right half of the page that shows the same area at another instant. */
export class Comparison {
  #map: MapLibreMap | null = null;
  /** What the right half shows; null while it is closed. */
  readonly #moment = signal<Moment | null>(null);
  readonly #container = createRef<HTMLDivElement>();
  readonly isOpen: ReadonlySignal<boolean> = computed(() => this.#moment.value !== null);
  #cardWasFolded = false;
  #followed: () => void = () => undefined;

  constructor(private readonly viewer: Viewer) {
    const { slots, appearance, map, t, times, time } = viewer;
    const say = (moment: Moment | null) => (moment === null ? t('live.live') : times.exact(moment.at));
    slots.put(
      'beside',
      <div id="compare" hidden={computed(() => !this.isOpen.value)}>
        <div class="map" ref={this.#container} />
        <p class="instant left">{computed(() => say(time.moment))}</p>
        <p class="instant right">{computed(() => say(this.#moment.value))}</p>
      </div>,
    );
    appearance.changed.on(() => {
      if (this.#map) map.once('idle', () => this.#map?.setStyle(ofMoment(map.getStyle(), this.#moment.peek())));
    });
  }

  /** @param moment what the right half shows */
  open(moment: Moment): void {
    const { map, card, mode } = this.viewer;
    this.#moment.value = moment;
    // half a page has no room for the whole card
    this.#cardWasFolded = card.folded.peek();
    card.folded.value = true;
    mode.set('comparing', true);
    const container = document.createElement('div');
    container.className = 'map';
    this.#container.current!.replaceChildren(container);
    map.resize();
    const other = new MapLibreMap({
      container,
      style: ofMoment(map.getStyle(), moment),
      center: map.getCenter(),
      zoom: map.getZoom(),
      attributionControl: false,
      dragRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      transformRequest: throughTiles,
      minZoom: map.getMinZoom(),
      maxZoom: map.getMaxZoom(),
    });
    this.#map = other;
    let following = false;
    const follow = (from: MapLibreMap, to: MapLibreMap) => () => {
      if (following) return;
      following = true;
      to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
      following = false;
    };
    this.#followed = follow(map, other);
    map.on('move', this.#followed);
    other.on('move', follow(other, map));
  }

  close(): void {
    if (this.#map === null) return;
    const { map, card, mode } = this.viewer;
    map.off('move', this.#followed);
    this.#map.remove();
    this.#map = null;
    this.#moment.value = null;
    mode.set('comparing', false);
    card.folded.value = this.#cardWasFolded;
    map.resize();
  }
}
