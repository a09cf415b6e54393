// SPDX-License-Identifier: Apache-2.0
import { list, text, time } from '../../lib/url-state';

export const TABS = ['overview', 'network', 'addresses', 'history'] as const;
export type Tab = (typeof TABS)[number];

const tab = {
  fallback: 'overview' as Tab,
  parse: (value: string) => TABS.find((name) => name === value),
  print: (value: Tab) => value,
};

export const ASSET_STATE = { at: text(), known: text(), tab, from: time('-7d'), to: time('now'), of: list<string>() };
