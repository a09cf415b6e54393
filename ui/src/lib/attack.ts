// SPDX-License-Identifier: Apache-2.0
// MITRE ATT&CK Enterprise tactics by short name, in the order of an attack.
import type { Count } from '../api/types';

export const TACTICS = [
  'reconnaissance',
  'resource-development',
  'initial-access',
  'execution',
  'persistence',
  'privilege-escalation',
  'defense-evasion',
  'credential-access',
  'discovery',
  'lateral-movement',
  'collection',
  'command-and-control',
  'exfiltration',
  'impact',
] as const;

export type Tactic = (typeof TACTICS)[number];

/** Rules of before 2024 write lateral_movement. */
export const tacticName = (name: string) => name.replaceAll('_', '-').replace(/^attack\./, '');

export const isTactic = (name: string): name is Tactic => (TACTICS as readonly string[]).includes(name);

/** All fourteen, with 0 where nothing was seen, then the names that are not among them. */
export function tacticCounts(counts: readonly Count[]): Count[] {
  const seen = new Map<string, number>(TACTICS.map((tactic) => [tactic, 0]));
  for (const { key, count } of counts) seen.set(tacticName(key), (seen.get(tacticName(key)) ?? 0) + count);
  return [...seen].map(([key, count]) => ({ key, count }));
}
