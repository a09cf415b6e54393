// SPDX-License-Identifier: Apache-2.0
// Which alerts of a list's first page, asked again, are new to whom the list is shown.

interface Row {
  id: string;
}

/**
 * What stands above something that is shown is new. What stands below all of it has come up from the next page, because
 * others went: it is new only where the list had no next page.
 */
export function findNew<R extends Row>(shown: readonly R[], fresh: readonly R[], whole: boolean): R[] {
  const known = new Set(shown.map(({ id }) => id));
  const last = fresh.findLastIndex(({ id }) => known.has(id));
  const isAbove = (index: number) => whole || last < 0 || index < last;
  return fresh.filter(({ id }, index) => !known.has(id) && isAbove(index));
}

/** Rows as they are by now, where they stand. */
export function renewRows<R extends Row>(shown: readonly R[], fresh: readonly R[]): R[] {
  const newer = new Map(fresh.map((row) => [row.id, row]));
  return shown.map((row) => newer.get(row.id) ?? row);
}
