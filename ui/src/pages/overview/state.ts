// SPDX-License-Identifier: Apache-2.0
import { MAPS, type MapName } from '../../lib/maps';
import { type Codec, OVERVIEW_STATE } from '../../lib/url-state';

/** What a map counts: alerts by where they come from or go to, or all events. */
export const SIDES = ['sources', 'destinations', 'events'] as const;
export type Side = (typeof SIDES)[number];

export const one = <T extends string>(allowed: readonly T[], fallback: T): Codec<T> => ({
  fallback,
  parse: (value) => allowed.find((name) => name === value),
  print: (value) => value,
});

export const SITUATION_STATE = {
  ...OVERVIEW_STATE,
  map: one<MapName>(MAPS, 'world'),
  side: one<Side>(SIDES, 'sources'),
};
