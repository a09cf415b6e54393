// SPDX-License-Identifier: Apache-2.0
// The alerts that are chosen for one decision. Others filters, another choice.
import { useEffect, useMemo, useState } from 'react';
import { BULK_MAX } from '../../api/alert-queries';

export function useChosen(filters: unknown) {
  const [ids, setIds] = useState<readonly string[]>([]);
  const key = JSON.stringify(filters);
  useEffect(() => setIds([]), [key]);
  return useMemo(() => {
    const set = (next: readonly string[]) => setIds(next.slice(0, BULK_MAX));
    return {
      ids,
      set,
      clear: () => setIds([]),
      toggle: (id: string) => set(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]),
      add: (more: readonly string[]) => set([...new Set([...ids, ...more])]),
    };
  }, [ids]);
}

export type Chosen = ReturnType<typeof useChosen>;
