// SPDX-License-Identifier: Apache-2.0
// What stands around each view: its name, the time, whether what is shown is of now, and the way to the others.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useStatus } from '../../api/queries';
import { useSituation } from '../../api/situation-queries';
import { Brand } from '../../components/brand';
import { formatDuration } from '../../lib/format';
import { STALE_SECONDS } from '../../lib/health';
import { localTime } from '../../lib/time';
import { useNow } from '../overview/deadline';
import { VIEWS, type ViewName } from './views';

/** From this age on the screen says so, though no question has failed: one may hang. */
const OLD_MS = 45_000;

function useTrouble(): string {
  const { t, i18n } = useTranslation();
  const { isError, dataUpdatedAt } = useSituation();
  const { data: status } = useStatus();
  const now = useNow(5000);
  if (isError || (dataUpdatedAt > 0 && now - dataUpdatedAt > OLD_MS))
    return t('screen.away', { time: dataUpdatedAt ? localTime(dataUpdatedAt).slice(11, 16) : '–' });
  if (status && !status.store.reachable) return t('screen.storeAway');
  if (status && status.stale_seconds >= STALE_SECONDS)
    return t('screen.stale', { age: formatDuration(status.stale_seconds, i18n.language) });
  return '';
}

function Clock() {
  const now = localTime(useNow(1000));
  return (
    <time className="wall-clock number">
      <span>{now.slice(0, 10)}</span>
      <b>{now.slice(11, 16)}</b>
    </time>
  );
}

interface Props {
  view: ViewName;
  rotation: { runs: boolean; paused: boolean; seconds: number; show: (view: ViewName) => void };
  children: ReactNode;
}

export function Frame({ view, rotation, children }: Props) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const { paused, runs, seconds, show } = rotation;
  return (
    <div className="wall-frame" data-testid="screen" data-view={view}>
      <header className="wall-head">
        <Link to="/" title={t('screen.leave')} className="wall-brand">
          <Brand />
        </Link>
        <h1>{t(`screen.${view}`)}</h1>
        <span className="grow" />
        {trouble && (
          <span className="wall-trouble" role="status" data-testid="trouble">
            {trouble}
          </span>
        )}
        <Clock />
      </header>
      <main className="wall-view">{children}</main>
      <nav className="wall-foot" aria-label={t('screen.views')}>
        {VIEWS.map((name) => (
          <button
            key={name}
            type="button"
            className={name === view ? 'wall-dot wall-dot-here' : 'wall-dot'}
            aria-current={name === view ? 'page' : undefined}
            onClick={() => show(name)}
          >
            {t(`screen.${name}`)}
            {name === view && runs && (
              <span key={view} className="wall-progress" style={{ animationDuration: `${seconds}s` }} />
            )}
          </button>
        ))}
        <span className="grow" />
        <span className="wall-keys">{paused ? t('screen.paused') : t('screen.keys')}</span>
      </nav>
    </div>
  );
}

/** A large number with what it counts. */
export function Figure({ value, label, tone = '' }: { value: ReactNode; label: ReactNode; tone?: string }) {
  return (
    <div className={`wall-figure ${tone}`}>
      <b className="number">{value}</b>
      <span>{label}</span>
    </div>
  );
}

export function Block({ title, children, className = '' }: { title: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section className={`wall-block ${className}`}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export interface Row {
  key: string;
  label: ReactNode;
  note?: ReactNode;
  value: ReactNode;
  /** 0 … 1, for the bar. */
  share: number;
}

/** Names and numbers, at most as many as can be read. */
export function Rows({ rows, empty }: { rows: readonly Row[]; empty: string }) {
  if (rows.length === 0) return <p className="wall-empty">{empty}</p>;
  return (
    <ul className="wall-rows">
      {rows.map(({ key, label, note, value, share }) => (
        <li key={key}>
          <span className="wall-bar" style={{ width: `${100 * share}%` }} />
          <span className="wall-label">{label}</span>
          {note && <span className="wall-note">{note}</span>}
          <b className="number">{value}</b>
        </li>
      ))}
    </ul>
  );
}

/** Shares of the largest. */
export const sharesOf = <T,>(items: readonly T[], count: (item: T) => number) => {
  const max = Math.max(1, ...items.map(count));
  return (item: T) => count(item) / max;
};
