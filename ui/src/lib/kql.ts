// SPDX-License-Identifier: Apache-2.0
// Writing Kibana Query Language: terms for pivots.

const BARE_NAME = /^[\w@.-]+$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** A value as a literal: numbers bare, all else quoted, so that nothing in it is an operator or wildcard. */
export function kqlValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return typeof value !== 'string' && NUMBER.test(text) ? text : quote(text);
}

export const kqlName = (name: string) => (BARE_NAME.test(name) ? name : quote(name));

export const kqlTerm = (name: string, value: unknown) => `${kqlName(name)}: ${kqlValue(value)}`;

export const kqlAny = (name: string, values: readonly unknown[]) =>
  values.length === 1 ? kqlTerm(name, values[0]) : `${kqlName(name)}: (${values.map(kqlValue).join(' or ')})`;

/** True where `or` stands outside quotes and parentheses, so that appending needs parentheses around. */
function hasBareOr(query: string): boolean {
  let depth = 0;
  for (const token of query.match(/"(?:\\.|[^"\\])*"?|[()]|[^\s()"]+/g) ?? []) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (depth === 0 && token.toLowerCase() === 'or') return true;
  }
  return false;
}

/** query and term; the query unchanged where it already ends in that very term. */
export function kqlAnd(query: string, term: string): string {
  const left = query.trim();
  if (left === '' || left === term) return term;
  if (left.endsWith(` and ${term}`)) return left;
  return `${hasBareOr(left) ? `(${left})` : left} and ${term}`;
}

export const kqlWithout = (query: string, term: string) => kqlAnd(query, `not ${term}`);

/** The place in a JavaScript string that the server names as a column: bytes of UTF-8, from 1. */
export function indexOfColumn(text: string, column: number): number {
  let bytes = 0;
  let index = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes + size >= column) return index;
    bytes += size;
    index += char.length;
  }
  return text.length;
}
