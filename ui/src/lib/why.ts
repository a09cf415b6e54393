// SPDX-License-Identifier: Apache-2.0
// Why a rule matched, as the detector explains it: the rule's selections that hold, and in each the tests
// that hold, with the event's value and the pattern as the rule writes it.

export interface Match {
  selection: string;
  /** '' for keywords, which look at the whole event. */
  field: string;
  value: string;
  /** The literal parts of the pattern, to be marked in the value; all of the value where there are none. */
  marks: string[];
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
