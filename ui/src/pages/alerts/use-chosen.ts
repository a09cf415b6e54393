// SPDX-License-Identifier: Apache-2.0
// The alerts that are chosen for one decision. A choice is of the filters it was made with: other filters, another one.
import { useMemo, useState } from 'react';
import { BULK_MAX } from '../../api/alert-queries';

const NONE: readonly string[] = [];

export function useChosen(filters: unknown) {
  const key = JSON.stringify(filters);
  const [choice, choose] = useState({ key, ids: NONE });
  const ids = choice.key === key ? choice.ids : NONE;
  return useMemo(() => {
    const set = (next: readonly string[]) => choose({ key, ids: next.slice(0, BULK_MAX) });
    return {
      ids,
      set,
      clear: () => set(NONE),
      toggle: (id: string) => set(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]),
      add: (more: readonly string[]) => set([...new Set([...ids, ...more])]),
    };
  }, [key, ids]);
}

export type Chosen = ReturnType<typeof useChosen>;
