// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';

interface Props {
  title: ReactNode;
  /** Why nothing is here, and what the next step is. */
  hint?: ReactNode;
  /** The next step itself. */
  children?: ReactNode;
}

/** Nothing to show: says why and leads on. */
export function Empty({ title, hint, children }: Props) {
  return (
    <section className="panel panel-empty" data-testid="empty">
      <h2>{title}</h2>
      {hint && <p className="muted">{hint}</p>}
      {children && <div className="empty-actions">{children}</div>}
    </section>
  );
}
