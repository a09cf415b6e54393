// SPDX-License-Identifier: Apache-2.0
// Why a rule matched, as the detector explains it: the rule's selections that hold, and in each the tests
// that hold, with the event's value and the pattern as the rule writes it.

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
  matches: Written[];
}

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

export function readWhy(why: Readonly<Record<string, unknown>>): Match[] {
  const { selections } = why;
  if (!Array.isArray(selections)) return [];
  return selections
    .filter(isSelection)
    .flatMap(({ name, matches }) => matches.map((match) => toMatch(name, match)));
}
