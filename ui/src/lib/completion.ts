// SPDX-License-Identifier: Apache-2.0
// What is being typed at the caret of a query: the name of a field, a value of one, or what joins two terms.

export interface Place {
  kind: 'name' | 'value' | 'join';
  /** The part of the query that a choice replaces. */
  start: number;
  end: number;
  /** What of it was typed before the caret, without quotes. */
  text: string;
  /** Whose value it is. */
  field?: string;
}

const NAME = '[\\w@.-]+';
const QUOTED = '"(?:\\\\.|[^"\\\\])*';
/** A name, what compares it, and all behind it: one value, or a list that is not closed yet. */
const VALUE = new RegExp(`(${NAME}|"[^"]*")\\s*(?::|>=?|<=?)\\s*(\\((?:[^()"]|${QUOTED}")*(?:${QUOTED})?|${QUOTED}|[^\\s()"]*)$`);
const LAST = new RegExp(`(?:${QUOTED}|[^\\s()"]*)$`);
/** Where the next value of a list begins. */
const LISTED = /^\(\s*$|\b(?:or|and|not)\s+$/i;
const ENDED = /(?:"|[\w.*\])-])\s+$/;
const WORD_BEFORE = /\b(?:and|or|not)\s+$/i;

const outsideQuotes = (text: string) => text.replace(/\\./g, '__').replace(/[^"]/g, '').length % 2 === 0;

/** Undefined where nothing can be offered: inside a quoted text that is no value. */
export function placeAt(query: string, caret: number): Place | undefined {
  const before = query.slice(0, caret);
  const value = VALUE.exec(before);
  if (value) {
    const [, name = '', rest = ''] = value;
    const isList = rest.startsWith('(');
    const closed = isList && outsideQuotes(rest);
    const typed = (closed ? /[^\s()"]*$/ : LAST).exec(rest)?.[0] ?? '';
    if (!isList || LISTED.test(rest.slice(0, rest.length - typed.length))) {
      const tail = typed.startsWith('"') ? /^(?:\\.|[^"\\])*"?/ : /^[^\s()"]*/;
      const behind = tail.exec(query.slice(caret))?.[0] ?? '';
      const text = typed.replace(/^"/, '').replace(/\\(.)/g, '$1');
      return {
        kind: 'value',
        start: caret - typed.length,
        end: caret + behind.length,
        text,
        field: name.replaceAll('"', ''),
      };
    }
  }
  if (!outsideQuotes(before)) return undefined;
  if (ENDED.test(before) && !WORD_BEFORE.test(before)) return { kind: 'join', start: caret, end: caret, text: '' };
  const typed = new RegExp(`(${NAME})?$`).exec(before)?.[0] ?? '';
  const rest = /^[\w@.-]*/.exec(query.slice(caret))?.[0] ?? '';
  return { kind: 'name', start: caret - typed.length, end: caret + rest.length, text: typed };
}

export interface Choice {
  key: string;
  /** What stands in the list. */
  label: string;
  hint?: string;
  detail?: string;
  count?: number;
  /** What goes into the query. */
  insert: string;
}

/** The query with the choice in its place, and where the caret is then. */
export function withChoice(query: string, place: Place, { insert }: Choice): { text: string; caret: number } {
  const after = place.kind === 'name' ? query.slice(place.end).replace(/^\s*:\s*/, '') : query.slice(place.end);
  return { text: query.slice(0, place.start) + insert + after, caret: place.start + insert.length };
}

/** Words a query looks for in prose, for marking them: free text and what stands behind message. */
export function wordsOf(query: string): string[] {
  const words: string[] = [];
  const term = /(?:([\w@.*-]+)\s*(?::|>=?|<=?)\s*)?(\((?:[^()"]|"(?:\\.|[^"\\])*")*\)|"(?:\\.|[^"\\])*"|[^\s()"]+)/g;
  for (const [, name, value = ''] of query.matchAll(term)) {
    if (name !== undefined && !/^(message|error\.message|\*)$/.test(name)) continue;
    for (const [, quoted, bare] of value.matchAll(/"((?:\\.|[^"\\])*)"|([^\s()"]+)/g)) {
      if (quoted) words.push(quoted.replace(/\\(.)/g, '$1'));
      else if (bare && !/^(and|or|not)$/i.test(bare)) words.push(...bare.split('*').filter(Boolean));
    }
  }
  return words;
}
