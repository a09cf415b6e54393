// SPDX-License-Identifier: Apache-2.0
import { time } from '../../lib/url-state';

/** A week: long enough for a habit, short enough to be quick. */
export const ENTITY_STATE = { from: time('-7d'), to: time('now') };
