// SPDX-License-Identifier: Apache-2.0
// The register: its words, the units as a tree, what a statement changed. Plain functions.
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Unit = Schemas['Unit'];
export type Person = Schemas['Person'];
export type HeldDuty = Schemas['HeldDuty'];
export type Asset = Schemas['Asset'];
export type RegisterChange = Schemas['RegisterChange'];
export type Responsible = Schemas['Responsible'];
export type DutyName = Schemas['DutyName'];

export const ASSET_KINDS = [
  'host',
  'range',
  'domain',
  'web_site',
  'information_system',
  'network_device',
  'database',
  'service_account',
] as const satisfies readonly Asset['kind'][];
export const LIVES = ['planned', 'in_service', 'zombie', 'unowned', 'closed'] as const satisfies readonly Asset['life'][];
export const EXPOSURES = ['internet', 'campus', 'internal'] as const;
export const CRITICALITIES = ['critical', 'high', 'medium', 'low'] as const;
export const MLPS_LEVELS = ['0', '1', '2', '3', '4', '5'] as const;
export const UNIT_KINDS = ['faculty', 'department', 'office', 'other'] as const;
export const IDENTIFIERS = ['addresses', 'hosts', 'domains', 'urls', 'macs'] as const;
export type IdentifierKind = (typeof IDENTIFIERS)[number];
export const UNIT_DUTIES = [
  'first_responsible',
  'directly_responsible',
  'it_head',
  'it_liaison',
  'duty_officer',
] as const satisfies readonly DutyName[];
export const ASSET_DUTIES = ['system_owner', 'operator', 'duty_officer'] as const satisfies readonly DutyName[];

/** As it was at a moment, and as was known at another; '' is now. */
export interface View {
  at: string;
  known: string;
}
export const NOW: View = { at: '', known: '' };
export const isNow = ({ at, known }: View) => !at && !known;

/* --- units as a tree ------------------------------------------------------------------------------------- */

export interface UnitNode {
  unit: Unit;
  /** Of the unit alone, and with those below it. */
  own: number;
  total: number;
  children: UnitNode[];
}

/** The units as the list has them, each behind the one above it; a unit whose parent is not there is at the top. */
export function unitTree(units: readonly Unit[], counts: ReadonlyMap<number, number> = new Map()): UnitNode[] {
  const nodes = new Map<number, UnitNode>();
  const tops: UnitNode[] = [];
  for (const unit of units) {
    const own = counts.get(unit.id) ?? 0;
    const node = { unit, own, total: own, children: [] };
    const above = nodes.get(unit.parent ?? 0);
    nodes.set(unit.id, node);
    (above?.children ?? tops).push(node);
  }
  const add = (node: UnitNode): number => {
    node.total = node.children.reduce((sum, child) => sum + add(child), node.own);
    return node.total;
  };
  for (const top of tops) add(top);
  return tops;
}

/** From the top down to the unit itself. */
export function unitPathOf(units: readonly Unit[], id: number): Unit[] {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const path: Unit[] = [];
  for (let at = byId.get(id); at && path.length < 20; at = byId.get(at.parent ?? 0)) path.unshift(at);
  return path;
}

/* --- statements ------------------------------------------------------------------------------------------ */

/** What is said of a time further back than this is a correction and needs a reason (people/register.h). */
export const GRACE_MS = 5 * 60_000;

export const isCorrection = (from: string | undefined, now: number) =>
  from !== undefined && Date.parse(from) < now - GRACE_MS;

/** The last microsecond before a time as the API writes it. */
export function justBefore(time: string): string {
  const match = /^(.*):(\d\d)(?:\.(\d{1,6}))?Z$/.exec(time);
  const micros = Number((match?.[3] ?? '').padEnd(6, '0'));
  if (match && micros > 0) return `${match[1]}:${match[2]}.${String(micros - 1).padStart(6, '0')}Z`;
  return `${new Date(Date.parse(time) - 1).toISOString().slice(0, -1)}999Z`;
}

const NO_MEMBERS = new Set([
  'id',
  'version',
  'valid_from',
  'valid_to',
  'states',
  'duties',
  'history',
  'responsibles',
  'warnings',
  'depth',
  'unit_name',
  'person_name',
  'asset_name',
  'phone_of',
]);

export interface Difference {
  member: string;
  before: unknown;
  after: unknown;
}

const plain = (value: unknown) => (value === undefined || value === null || value === 0 ? '' : JSON.stringify(value));

/** Members that are not the same in both; an absent thing has none. */
export function differences(before: object | undefined, after: object | undefined): Difference[] {
  const old = { ...before } as Record<string, unknown>;
  const now = { ...after } as Record<string, unknown>;
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((member) => !NO_MEMBERS.has(member))
    .map((member) => ({ member, before: old[member], after: now[member] }))
    .filter(({ before: a, after: b }) => plain(a) !== plain(b) && !(isNothing(a) && isNothing(b)));
}

const isNothing = (value: unknown) =>
  value === undefined || value === null || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);

/** Which of a form's fields a refusal is about: the server's sentence begins with the member's name. */
export function fieldOf<F extends string>(message: string, fields: readonly F[]): F | undefined {
  const first = /^(\w+)/.exec(message)?.[1];
  return fields.find((field) => field === first);
}

/** What the refusal says, where it stands at its field. */
export const withoutField = (message: string) => message.replace(/^\w+(: |：)/, '');

/* --- identifiers ----------------------------------------------------------------------------------------- */

/** One a line, or apart by commas and blanks. */
export const splitList = (text: string) => text.split(/[\s,;，；、]+/).filter(Boolean);

/** Single addresses, of which somebody can have had each; networks are none. */
export const singleAddresses = ({ addresses }: Pick<Asset, 'addresses'>) =>
  addresses.filter((address) => !/[/-]/.test(address));

/* --- who had it when ------------------------------------------------------------------------------------- */

export interface Segment {
  key: string;
  label: string;
  to?: string;
  /** Milliseconds. */
  from: number;
  until: number;
  open: boolean;
}

export interface Lane {
  key: string;
  title: string;
  segments: Segment[];
}

/** Where all segments lie: from the first beginning, at most as far back as max, to now or what is still to come. */
export function spanOf(lanes: readonly Lane[], now: number): { from: number; to: number } {
  const all = lanes.flatMap(({ segments }) => segments);
  const from = Math.min(now - 86_400_000, ...all.map((segment) => segment.from));
  const to = Math.max(now, ...all.filter(({ open }) => !open).map(({ until }) => until));
  return { from, to: to + (to - from) * 0.02 };
}
