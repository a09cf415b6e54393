// SPDX-License-Identifier: Apache-2.0
// What the pages of rules keep in their address.
import { LEVELS, type Level } from '../../api/types';
import { list, printState, type StateOf, text } from '../../lib/url-state';

export const VIEWS = ['rules', 'packs', 'exceptions'] as const;
export type View = (typeof VIEWS)[number];

export const RULE_STATES = [
  'on',
  'off',
  'alerting',
  'wrong',
  'unfed',
  'aside',
  'excepted',
  'local',
  'silent',
] as const;
export type RuleState = (typeof RULE_STATES)[number];

export const RULES_STATE = {
  view: text('rules'),
  q: text(),
  level: list<Level>(LEVELS),
  state: text(),
  pack: text(),
  tactic: text(),
  technique: text(),
  source: text(),
};
export type RulesState = StateOf<typeof RULES_STATE>;

export function rulesPath(state: Partial<RulesState>): string {
  const query = printState(RULES_STATE, state).toString();
  return query ? `/rules?${query}` : '/rules';
}

export const isRuleState = (name: string): name is RuleState =>
  (RULE_STATES as readonly string[]).includes(name);

export const TABS = ['text', 'test', 'statistics', 'exceptions', 'history'] as const;
export type Tab = (typeof TABS)[number];
export const RULE_STATE = { tab: text('text'), alert: text() };
export const NEW_STATE = { q: text() };
