// SPDX-License-Identifier: Apache-2.0
import type { Field } from '../api/types';

const OFFERED = 10;

/** Fields whose name begins with what was typed, then those that contain it; none for nothing or the whole name. */
export function suggestFields(fields: readonly Field[], typed: string): Field[] {
  const wanted = typed.toLowerCase();
  if (wanted === '') return [];
  const containing = fields.filter(({ name }) => name.includes(wanted));
  if (containing.length === 1 && containing[0]?.name === wanted) return [];
  const rank = ({ name }: Field) => (name.startsWith(wanted) ? 0 : 1);
  return containing.sort((a, b) => rank(a) - rank(b)).slice(0, OFFERED);
}
