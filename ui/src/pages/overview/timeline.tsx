// SPDX-License-Identifier: Apache-2.0
// Alerts by level above events, over the same time axis. A bar leads to what it counts.
import type { TFunction } from 'i18next';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Bucket, Level, Overview } from '../../api/types';
import { LEVELS } from '../../api/types';
import type { ChartPoint } from '../../charts/chart';
import { bars, countAxis, levelColor, type TipParam, timeAxis, tooltipBox } from '../../charts/options';
import { tooltip } from '../../charts/tooltip';
import { Panel } from '../../components/panel';
import { formatCount } from '../../lib/format';
import { change } from '../../lib/situation';
import { fill, fillByLevel, type Grid, gridOver } from '../../lib/series';
import { localTime, type Range, rangeOf } from '../../lib/time';
import { alertsPath, eventsPath } from '../../lib/url-state';
import { cssColor, useTheme } from '../../theme';

const Chart = lazy(() => import('../../charts/chart'));
const HEIGHT = 286;
const WEEK_MS = 7 * 86_400_000;

/** From above; each with a line for the same span of last week. */
const LANES = ['incidents', 'alerts', 'events'] as const;
type Lane = (typeof LANES)[number];
const TOPS: Record<Lane, number> = { incidents: 24, alerts: 96, events: 200 };
const HEIGHTS: Record<Lane, number> = { incidents: 40, alerts: 72, events: 54 };

interface Series {
  grid: Grid;
  alerts: Record<Level, number[]>;
  incidents: number[];
  events: number[];
  before: Record<Lane, number[]>;
}

const shifted = (buckets: readonly Bucket[]): Bucket[] =>
  buckets.map(({ time, count }) => ({ time: new Date(Date.parse(time) + WEEK_MS).toISOString(), count }));

function seriesOf(overview: Overview): Series {
  const grid = gridOver(overview.from, overview.to, overview.step_seconds);
  return {
    grid,
    alerts: fillByLevel(grid, overview.alerts_series),
    incidents: fill(grid, overview.incidents_series),
    events: fill(grid, overview.events_series),
    before: {
      incidents: fill(grid, shifted(overview.incidents_before)),
      alerts: fill(grid, shifted(overview.alerts_before)),
      events: fill(grid, shifted(overview.events_before)),
    },
  };
}

const isLane = (id: string): id is Lane => (LANES as readonly string[]).includes(id);
const beforeId = (lane: Lane) => `before-${lane}`;
const LANE_NAMES = { incidents: 'overview.incidents', alerts: 'nav.alerts', events: 'overview.events' } as const;

function tipFor({ grid, before, incidents, events }: Series, t: TFunction, language: string) {
  const row = (label: string, value: number, tone: string) => ({ label, value: formatCount(value, language), tone });
  return (params: TipParam[]) => {
    const i = params[0]?.dataIndex ?? 0;
    const levels = params.filter(({ seriesId, value }) => value > 0 && (LEVELS as readonly string[]).includes(seriesId));
    const rows = [
      row(t('overview.incidents'), incidents[i] ?? 0, 'tone-incidents'),
      ...levels.map(({ seriesId, value }) => row(t(`level.${seriesId as Level}`), value, `tone-${seriesId}`)),
      row(t('overview.alertsBefore'), before.alerts[i] ?? 0, 'tone-before'),
      row(t('overview.events'), events[i] ?? 0, 'tone-events'),
      row(t('overview.eventsBefore'), before.events[i] ?? 0, 'tone-before'),
    ];
    return tooltip(localTime(grid.times[i] ?? 0), rows);
  };
}

function optionOf(series: Series, t: TFunction, language: string) {
  const { grid, alerts, before } = series;
  const axis = (lane: Lane) => LANES.indexOf(lane);
  const placed = (lane: Lane) => ({ xAxisIndex: axis(lane), yAxisIndex: axis(lane) });
  // A week of which nothing is known is no line at zero.
  const compared = LANES.filter((lane) => before[lane].some((count) => count > 0));
  const lines = compared.map((lane) => ({
    id: beforeId(lane),
    type: 'line',
    step: 'middle',
    symbol: 'none',
    silent: true,
    z: 3,
    lineStyle: { color: cssColor('--muted'), width: 1, type: [3, 3] },
    data: before[lane],
    ...placed(lane),
  }));
  const stacked = [...LEVELS].reverse().map((level) => ({
    ...bars(level, levelColor(level), alerts[level]),
    stack: 'alerts',
    ...placed('alerts'),
  }));
  return {
    animation: false,
    grid: LANES.map((lane) => ({ left: 46, right: 8, top: TOPS[lane], height: HEIGHTS[lane] })),
    xAxis: LANES.map((lane) => ({ ...timeAxis(grid, lane === 'events'), gridIndex: axis(lane) })),
    yAxis: LANES.map((lane) => ({
      ...countAxis(language),
      splitNumber: 2,
      gridIndex: axis(lane),
      name: t(LANE_NAMES[lane]),
      nameTextStyle: { color: cssColor('--muted'), align: 'left', padding: [0, 0, 0, -34] },
      nameGap: 8,
    })),
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: tooltipBox(tipFor(series, t, language)),
    series: [
      { ...bars('incidents', cssColor('--accent'), series.incidents), ...placed('incidents') },
      ...stacked,
      { ...bars('events', cssColor('--bar'), series.events), ...placed('events') },
      ...lines,
    ],
  };
}

const total = (buckets: readonly Bucket[]) => buckets.reduce((all, { count }) => all + count, 0);

/** "较上周同期 +32%", or that there is nothing to compare with. */
function Compared({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const per = change(overview.alerts_total, total(overview.alerts_before));
  const words =
    per === undefined ? t('overview.noWeekBefore') : t('overview.change', { change: per > 0 ? `+${per}` : per });
  return (
    <span className="muted legend-before">
      <span className="before-mark" />
      {words}
    </span>
  );
}

function Legend({ overview, range }: { overview: Overview; range: Range }) {
  const { t, i18n } = useTranslation();
  const counts = new Map(overview.by_level.map(({ key, count }) => [key, count]));
  return (
    <span className="legend">
      <Compared overview={overview} />
      {LEVELS.map((level) => (
        <Link key={level} to={alertsPath({ ...range, level: [level] })}>
          <span className={`tip-mark tone-${level}`} />
          {t(`level.${level}`)} <b className="number">{formatCount(counts.get(level) ?? 0, i18n.language)}</b>
        </Link>
      ))}
    </span>
  );
}

export function Timeline({ overview, range }: { overview: Overview; range: Range }) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  const navigate = useNavigate();
  const series = useMemo(() => seriesOf(overview), [overview]);
  // Drawn anew with the theme, from whose style sheet the colours are read.
  const option = useMemo(() => optionOf(series, t, i18n.language), [series, t, i18n.language, theme]);
  const pick = ({ seriesId, index }: ChartPoint) => {
    const start = series.grid.times[index];
    if (start === undefined) return;
    const bucket = rangeOf(start, start + series.grid.step);
    if (seriesId === 'incidents') navigate('/incidents');
    else if (isLane(seriesId)) navigate(eventsPath(bucket));
    else navigate(alertsPath({ ...bucket, level: [seriesId as Level] }));
  };
  return (
    <Panel
      title={t('overview.timeline')}
      extra={<Legend overview={overview} range={range} />}
      className="overview-timeline"
    >
      <Suspense fallback={<div style={{ height: HEIGHT }} />}>
        <Chart option={option} height={HEIGHT} label={t('overview.timelineLabel')} onPick={pick} />
      </Suspense>
    </Panel>
  );
}
