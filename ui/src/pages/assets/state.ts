// SPDX-License-Identifier: Apache-2.0
// What the register's list shows is in its address.
import { CRITICALITIES, EXPOSURES, ASSET_KINDS, LIVES, MLPS_LEVELS } from '../../lib/register';
import { list, type StateOf, text } from '../../lib/url-state';

const view = { at: text(), known: text() };

export const ASSETS_STATE = {
  ...view,
  unit: text(),
  kind: list(ASSET_KINDS),
  life: list(LIVES),
  exposure: list(EXPOSURES),
  criticality: list(CRITICALITIES),
  mlps: list(MLPS_LEVELS),
  q: text(),
  /** An address of which a new one is to be made. */
  new: text(),
};
export type AssetsState = StateOf<typeof ASSETS_STATE>;

export const VIEW_STATE = view;
