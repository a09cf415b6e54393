// SPDX-License-Identifier: Apache-2.0
// Counts by something, each a link to what was counted, with a bar to compare by.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatCount } from '../lib/format';

export interface BarItem {
  key: string;
  label: ReactNode;
  count: number;
  to: string;
  title?: string;
  /** Class that colours the bar. */
  tone?: string;
}

function Bar({ item, max }: { item: BarItem; max: number }) {
  const { i18n } = useTranslation();
  return (
    <li>
      <Link to={item.to} title={item.title} className={item.count === 0 ? 'bar bar-none' : 'bar'}>
        <span className={`bar-fill ${item.tone ?? ''}`} style={{ width: `${(100 * item.count) / max}%` }} />
        <span className="bar-label">{item.label}</span>
        <span className="number">{formatCount(item.count, i18n.language)}</span>
      </Link>
    </li>
  );
}

export function BarList({ items, empty }: { items: readonly BarItem[]; empty: string }) {
  if (items.length === 0) return <p className="muted panel-empty">{empty}</p>;
  const max = Math.max(1, ...items.map(({ count }) => count));
  return (
    <ul className="bars">
      {items.map((item) => (
        <Bar key={item.key} item={item} max={max} />
      ))}
    </ul>
  );
}
