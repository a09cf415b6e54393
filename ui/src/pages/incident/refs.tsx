// SPDX-License-Identifier: Apache-2.0
// Ways on from an incident, offered to those who may go there.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useMay } from '../../api/queries';
import { type NodeKind, nodePath } from '../../lib/incident-graph';
import { alertPath } from '../../lib/links';

interface LinkProps {
  to: string;
  permission: string;
  className?: string;
  children: ReactNode;
}

export function MayLink({ to, permission, className, children }: LinkProps) {
  if (!useMay(permission)) return <span className={className}>{children}</span>;
  return (
    <Link to={to} className={className}>
      {children}
    </Link>
  );
}

export function AlertLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <MayLink to={alertPath(id)} permission="alert.read">
      {children}
    </MayLink>
  );
}

interface EntityProps {
  kind: NodeKind;
  value: string;
  name?: string;
}

export function EntityLink({ kind, value, name = value }: EntityProps) {
  const asset = kind === 'asset';
  return (
    <MayLink
      to={nodePath(kind, value)}
      permission={asset ? 'register.read' : 'event.read'}
      className={asset ? 'wrap' : 'mono wrap'}
    >
      {name}
    </MayLink>
  );
}
