// SPDX-License-Identifier: Apache-2.0
// Who had what from when to when: a line for each duty, one bar for each holder.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Lane, type Segment, spanOf } from '../../lib/register';
import { localTime } from '../../lib/time';

const day = (time: number) => localTime(time).slice(0, 10);

function Bar({ segment, from, to, now }: { segment: Segment; from: number; to: number; now: number }) {
  const { t } = useTranslation();
  const end = segment.open ? to : segment.until;
  const share = (time: number) => (100 * (time - from)) / (to - from);
  const past = !segment.open && segment.until <= now;
  const title = segment.open
    ? t('register.since', { name: segment.label, from: day(segment.from) })
    : t('register.between', { name: segment.label, from: day(segment.from), to: day(segment.until) });
  return (
    <span
      className={past ? 'lane-bar lane-past' : 'lane-bar'}
      style={{ left: `${share(segment.from)}%`, width: `max(6px, calc(${share(end) - share(segment.from)}% - 2px))` }}
      title={title}
    >
      {segment.to ? <Link to={segment.to}>{segment.label}</Link> : segment.label}
    </span>
  );
}

export function Lanes({ lanes, label }: { lanes: readonly Lane[]; label: string }) {
  const { t } = useTranslation();
  const now = useMemo(() => Date.now(), []);
  const { from, to } = useMemo(() => spanOf(lanes, now), [lanes, now]);
  return (
    <section className="lanes" aria-label={label}>
      {lanes.map((lane) => (
        <div key={lane.key} className="lane">
          <span className="lane-title">{lane.title}</span>
          <span className="lane-line">
            {lane.segments.map((segment) => (
              <Bar key={segment.key} segment={segment} from={from} to={to} now={now} />
            ))}
            <i className="lane-now" style={{ left: `${(100 * (now - from)) / (to - from)}%` }} title={t('register.now')} />
          </span>
        </div>
      ))}
      <div className="lane muted number" aria-hidden>
        <span className="lane-title" />
        <span className="lane-axis">
          <span>{day(from)}</span>
          <span>{t('register.today', { day: day(now) })}</span>
        </span>
      </div>
    </section>
  );
}
