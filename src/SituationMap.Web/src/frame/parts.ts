import type { Map as MapLibreMap, PaddingOptions } from 'maplibre-gl';
import type { Acknowledgement, CoveredArea, StatusChanges, ZoneChanges } from '../api/types';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import type { Session } from '../session/session';
import type { Appearance } from '../theme/theme';
import type { Emitter } from '../ui/emitter';
import type { Address } from './address';
import type { CardState } from './card';
import type { Dressing } from './dressing';
import type { Covered, Edges } from './edges';
import type { Shortcuts } from './keys';
import type { Menu } from './menu';
import type { Mode } from './mode';
import type { Notices } from './notices';
import type { Sides } from './sides';
import type { Slots } from './slots';
import type { ShownTime } from './time';
import type { Tools } from './tools';

/** Who looks at which area, in which language, and at what time of it. */
export interface SessionParts {
  /** Who the page acts for, and what it may do. */
  session: Session;
  coveredArea: CoveredArea;
  /** The name of the covered area in the chosen language. */
  name: string;
  t: Translator;
  times: Times;
  time: ShownTime;
  appearance: Appearance;
  /** A picture on a wall: nobody touches it. */
  kiosk: boolean;
  /** What the feed brings, after the map has it. */
  feed: {
    status: Emitter<StatusChanges>;
    zone: Emitter<ZoneChanges>;
    acknowledged: Emitter<readonly Acknowledgement[]>;
    covered: Emitter;
    advanced: Emitter;
    again: Emitter;
  };
}

/** The map, what is drawn on it, and how much of it nothing covers. */
export interface MapParts {
  map: MapLibreMap;
  dressing: Dressing;
  /** The space in pixels, from each edge, that the card, the drawer and the time slider cover. */
  covered: () => Covered;
  /** That space and a margin, for fitting something into the rest. */
  padding: () => PaddingOptions;
  /** Shows the whole covered area. */
  home: () => void;
}

/** The page around the map, where each feature puts its own. */
export interface PageParts {
  slots: Slots;
  card: CardState;
  menu: Menu;
  tools: Tools;
  keys: Shortcuts;
  notices: Notices;
  sides: Sides;
  edges: Edges;
  address: Address;
  mode: Mode;
}

/** All of it, for features that use much of each part; the others ask for the parts they use. */
export type Viewer = SessionParts & MapParts & PageParts;
