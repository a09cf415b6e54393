// SPDX-License-Identifier: Apache-2.0
// Why there is an alert. Of a match, as the detector explains it: the condition as it was evaluated, which of the
// rule's selections hold, and in each the tests that hold, with the event's value and the pattern as the rule writes
// it. Of a correlation: what was counted over which time, against what (doc/formats/rules.md).

import type { EventDetail } from '../api/types';
import { valueText } from './format';
import { kqlTerm, kqlValue } from './kql';

export interface Match {
  selection: string;
  /** '' for keywords, which look at the whole event. */
  field: string;
  value: string;
  /** The literal parts of the pattern, to be marked in the value; all of the value where there are none. */
  marks: string[];
}

/**
 * What to search for, going on from a match. Rules use Sigma's names for fields, events their own: where the
 * rule's name is none of the event's, the field that holds the same value is meant; failing that, the text.
 */
export function pivotTerm({ field, value }: Match, event: EventDetail | undefined): string {
  const attributes = event?.attributes.map((attribute) => [attribute.name, attribute.value] as const) ?? [];
  const fields = [...Object.entries(event?.fields ?? {}), ...attributes];
  const same = fields.filter(([, held]) => valueText(held) === value);
  const [name, held] = same.find(([own]) => own === field) ?? same[0] ?? [];
  return name === undefined ? kqlValue(value) : kqlTerm(name, held);
}

interface Written {
  field?: string | null;
  value?: string | null;
  pattern?: string;
}

interface Selection {
  name: string;
  holds?: boolean;
  matches: Written[];
}

export interface Condition {
  text: string;
  selections: { name: string; holds: boolean }[];
}

export interface Counted {
  id: string;
  title: string;
  title_zh?: string;
  count: number;
}

export interface Correlation {
  type: string;
  /** Seconds. */
  timespan: number;
  rules: Counted[];
  group: { field: string; value: string }[];
  /** What was counted or added up, where a field's values were. */
  fields: string[];
  value?: number;
  condition: string;
  evaluated: string;
  window: { from: string; to: string };
  first: string;
  last: string;
  samples: string[];
  uncertain: boolean;
}

type Why = Readonly<Record<string, unknown>>;

const isSelection = (node: unknown): node is Selection =>
  typeof (node as Selection)?.name === 'string' && Array.isArray((node as Selection).matches);

/** The text between the wildcards * and ?, which a backslash makes literal. */
export function literalParts(pattern: string): string[] {
  const parts = pattern.match(/(?:\\[*?\\]|[^*?])+/g) ?? [];
  return parts.map((part) => part.replace(/\\([*?\\])/g, '$1')).filter((part) => part.length > 1);
}

function toMatch(selection: string, { field, value, pattern }: Written): Match {
  const text = value ?? '';
  const lower = text.toLowerCase();
  const found = literalParts(pattern ?? '').filter((part) => lower.includes(part.toLowerCase()));
  return { selection, field: field ?? '', value: text, marks: found.length > 0 ? found : [text] };
}

const readSelections = ({ selections }: Why): Selection[] =>
  Array.isArray(selections) ? selections.filter(isSelection) : [];

export const readWhy = (why: Why): Match[] =>
  readSelections(why).flatMap(({ name, matches }) => matches.map((match) => toMatch(name, match)));

/** Alerts of earlier versions do not have one. */
export function readCondition(why: Why): Condition | undefined {
  if (typeof why.condition !== 'string' || !Array.isArray(why.selections)) return undefined;
  const selections = readSelections(why).map(({ name, holds }) => ({ name, holds: holds !== false }));
  return { text: why.condition, selections };
}

const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));

export function readCorrelation(why: Why): Correlation | undefined {
  const { type, rules, group, window, value } = why;
  if (typeof type !== 'string' || !Array.isArray(rules)) return undefined;
  return {
    type,
    timespan: Number(why.timespan) || 0,
    rules: rules as Counted[],
    group: Array.isArray(group) ? (group as Correlation['group']) : [],
    fields: texts(why.fields),
    value: typeof value === 'number' ? value : undefined,
    condition: text(why.condition),
    evaluated: text(why.evaluated),
    window: { from: '', to: '', ...(window as object) },
    first: text(why.first),
    last: text(why.last),
    samples: texts(why.samples),
    uncertain: why.uncertain === true,
  };
}
