// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';

/** A name and what it is, within a list of class pairs. */
export function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
