import { Map as MapLibreMap } from 'maplibre-gl';
import { byId, h } from '../dom';
import type { Moment } from '../frame/time';
import type { Viewer } from '../frame/viewer';
import { throughTiles } from '../map/tiles';
import { ofMoment } from './tiles';

/** A second map at the right half of the page that shows the same place at another instant. */
export class Comparison {
  #map: MapLibreMap | null = null;
  readonly #left = h('p', { class: 'instant left' });
  readonly #right = h('p', { class: 'instant right' });
  readonly #frame = h('div', { id: 'compare', hidden: true });

  constructor(private readonly viewer: Viewer) {
    viewer.main.insertBefore(this.#frame, byId('pulses'));
    viewer.appearance.changed.on(() => this.#map !== null && viewer.map.once('idle', () => this.#dress(this.#moment)));
    viewer.time.changed.on(() => this.#label());
  }

  #moment: Moment | null = null;
  #cardWasFolded = false;

  get isOpen(): boolean {
    return this.#map !== null;
  }

  /** @param moment what the right half shows; null: the present as it was when this was asked */
  open(moment: Moment): void {
    const { map, card } = this.viewer;
    this.#moment = moment;
    // half a page has no room for the whole card
    this.#cardWasFolded = card.folded;
    card.folded = true;
    this.#frame.hidden = false;
    document.body.classList.add('comparing');
    const container = h('div', { class: 'map' });
    this.#frame.replaceChildren(container, this.#left, this.#right);
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
    this.#label();
  }

  close(): void {
    if (this.#map === null) return;
    this.viewer.map.off('move', this.#followed);
    this.#map.remove();
    this.#map = null;
    this.#frame.hidden = true;
    document.body.classList.remove('comparing');
    this.viewer.card.folded = this.#cardWasFolded;
    this.viewer.map.resize();
  }

  #followed: () => void = () => undefined;

  #dress(moment: Moment | null): void {
    this.#map?.setStyle(ofMoment(this.viewer.map.getStyle(), moment));
  }

  #label(): void {
    const { t, times, time } = this.viewer;
    const say = (moment: Moment | null) => (moment === null ? t('live.live') : times.exact(moment.at));
    this.#left.textContent = say(time.moment);
    this.#right.textContent = say(this.#moment);
  }
}
