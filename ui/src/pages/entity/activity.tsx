// SPDX-License-Identifier: Apache-2.0
// When it was active, and the last things it did.
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useHistogram, useNewest } from '../../api/hunt-queries';
import type { EventSearch } from '../../api/queries';
import { bars, countAxis, type TipParam, timeAxis, tooltipBox } from '../../charts/options';
import { tooltip } from '../../charts/tooltip';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { formatCount, valueText } from '../../lib/format';
import { fill, gridOver } from '../../lib/series';
import { localTime, rangeOf } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';
import { cssColor, useTheme } from '../../theme';
import type { Histogram } from '../../api/types';

const Chart = lazy(() => import('../../charts/chart'));
const HEIGHT = 120;
const COLUMNS = ['event.dataset', 'host.name', 'message'] as const;

function Bars({ data, q }: { data: Histogram; q: string }) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  const navigate = useNavigate();
  const label = t('events.allEvents');
  const { grid, option } = useMemo(() => {
    const made = gridOver(data.from, data.to, data.interval_seconds);
    const counts = fill(made, data.buckets);
    const tip = ([param]: TipParam[]) =>
      tooltip(localTime(made.times[param?.dataIndex ?? 0] ?? 0), [
        { label, value: formatCount(param?.value ?? 0, i18n.language), tone: 'tone-events' },
      ]);
    return {
      grid: made,
      option: {
        animation: false,
        grid: { left: 46, right: 8, top: 8, bottom: 22 },
        xAxis: timeAxis(made),
        yAxis: countAxis(i18n.language),
        tooltip: tooltipBox(tip),
        series: [bars('events', cssColor('--bar'), counts)],
      },
    };
    // Drawn anew with the theme, from whose style sheet the colours are read.
  }, [data, label, i18n.language, theme]);
  const open = (index: number) => {
    const from = grid.times[index];
    if (from !== undefined) navigate(eventsPath({ ...rangeOf(from, from + grid.step), q }));
  };
  return (
    <Suspense fallback={<div style={{ height: HEIGHT }} />}>
      <Chart option={option} height={HEIGHT} label={t('entity.activityLabel')} onPick={({ index }) => open(index)} />
    </Suspense>
  );
}

export function Activity({ search }: { search: EventSearch }) {
  const { t, i18n } = useTranslation();
  const query = useHistogram(search);
  const total = query.data?.total;
  return (
    <Panel
      className="entity-wide"
      title={t('entity.activity')}
      extra={
        <Link to={eventsPath(search)} data-testid="entity-events">
          {total !== undefined && t('entity.allEvents', { value: formatCount(total, i18n.language) })}
        </Link>
      }
    >
      <Loaded query={query} rows={2}>
        {(data) => <Bars data={data} q={search.q} />}
      </Loaded>
    </Panel>
  );
}

export function Newest({ search }: { search: EventSearch }) {
  const { t } = useTranslation();
  const query = useNewest(search, COLUMNS);
  return (
    <Panel className="entity-wide" title={t('entity.newest')}>
      <Loaded
        query={query}
        rows={5}
        isEmpty={({ events }) => events.length === 0}
        empty={<p className="muted">{t('entity.nothing')}</p>}
      >
        {({ events }) => (
          <ul className="entity-rows">
            {events.map((event) => (
              <li key={event.seq}>
                <Time value={event.time} />
                <span className="muted">{valueText(event['event.dataset'])}</span>
                <Link className="mono grow ellipsis" to={eventsPath({ ...search, event: event.seq })}>
                  {valueText(event.message) || event.seq}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}
