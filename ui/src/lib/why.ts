// SPDX-License-Identifier: Apache-2.0
// Why a rule matched. The server sends selections → fields → values; arrays of alternatives and further
// nesting occur, since Sigma selections may be lists of maps.

export interface Match {
  selection: string;
  field: string;
  values: string[];
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function fieldMatches(selection: string, node: unknown): Match[] {
  if (Array.isArray(node) && node.some(isMap)) return node.flatMap((part) => fieldMatches(selection, part));
  if (!isMap(node)) return [{ selection, field: '', values: [node].flat().map(asText) }];
  return Object.entries(node).map(([field, value]) => ({
    selection,
    field,
    values: [value].flat().map(asText),
  }));
}

export const flattenWhy = (why: Readonly<Record<string, unknown>>): Match[] =>
  Object.entries(why).flatMap(([selection, node]) => fieldMatches(selection, node));
