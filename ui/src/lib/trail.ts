// SPDX-License-Identifier: Apache-2.0
// What the audit trail names, as in doc/formats/notices.md.

export const TRAIL_ACTIONS = [
  'login',
  'logout',
  'password.change',
  'search',
  'search.count',
  'search.values',
  'search.statistics',
  'search.fields',
  'sql',
  'export',
  'event.view',
  'alert.view',
  'alert.update',
  'trail.read',
  'trail.export',
  'user.add',
  'user.passwd',
  'user.disable',
  'user.enable',
  'user.list',
  'import',
  'config.change',
  'content.change',
  'rules.enable',
  'rules.disable',
  'rules.suppress',
  'rules.except',
  'rules.unexcept',
  'rules.import',
  'rules.rollback',
  'rules.remove',
  'rules.hunt',
  'audit.verify',
  'audit.prove',
  'audit.consistency',
  'audit.export',
  'override',
] as const;
export type TrailAction = (typeof TRAIL_ACTIONS)[number];

export const TRAIL_OUTCOMES = ['allowed', 'refused'] as const;
export type TrailOutcome = (typeof TRAIL_OUTCOMES)[number];

export const TRAIL_VIAS = ['console', 'command', 'platform'] as const;
export type TrailVia = (typeof TRAIL_VIAS)[number];

type Key<A extends string> = A extends `${infer Head}.${infer Tail}` ? `${Head}-${Tail}` : A;

/** The action's key in the locales, where a dot means something else. */
export const actionKey = (action: TrailAction) => action.replaceAll('.', '-') as Key<TrailAction>;

const among =
  <T extends string>(known: readonly T[]) =>
  (name: string): name is T =>
    (known as readonly string[]).includes(name);

export const isTrailAction = among(TRAIL_ACTIONS);
export const isTrailOutcome = among(TRAIL_OUTCOMES);
export const isTrailVia = among(TRAIL_VIAS);
