// SPDX-License-Identifier: Apache-2.0
// Alerts by level above events, over the same time axis. A bar leads to what it counts.
import type { TFunction } from 'i18next';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Level, Overview } from '../../api/types';
import { LEVELS } from '../../api/types';
import type { ChartPoint } from '../../charts/chart';
import { bars, countAxis, levelColor, type TipParam, timeAxis, tooltipBox } from '../../charts/options';
import { tooltip } from '../../charts/tooltip';
import { Panel } from '../../components/panel';
import { formatCount } from '../../lib/format';
import { fill, fillByLevel, type Grid, gridOver } from '../../lib/series';
import { localTime, type Range, rangeOf } from '../../lib/time';
import { alertsPath, eventsPath } from '../../lib/url-state';
import { cssColor, useTheme } from '../../theme';

const Chart = lazy(() => import('../../charts/chart'));
const HEIGHT = 208;
const EVENTS = 'events';

interface Series {
  grid: Grid;
  alerts: Record<Level, number[]>;
  events: number[];
}

function seriesOf({ from, to, step_seconds, events_series, alerts_series }: Overview): Series {
  const grid = gridOver(from, to, step_seconds);
  return { grid, alerts: fillByLevel(grid, alerts_series), events: fill(grid, events_series) };
}

const toneOf = (id: string) => (id === EVENTS ? 'tone-events' : `tone-${id}`);

function tipFor({ grid }: Series, t: TFunction, language: string) {
  const name = (id: string) => (id === EVENTS ? t('nav.events') : t(`level.${id as Level}`));
  return (params: TipParam[]) => {
    const shown = params.filter(({ value, seriesId }) => value > 0 || seriesId === EVENTS);
    const rows = shown.map(({ seriesId, value }) => ({
      label: name(seriesId),
      value: formatCount(value, language),
      tone: toneOf(seriesId),
    }));
    return tooltip(localTime(grid.times[params[0]?.dataIndex ?? 0] ?? 0), rows);
  };
}

function optionOf(series: Series, t: TFunction, language: string) {
  const { grid, alerts, events } = series;
  const stacked = [...LEVELS].reverse().map((level) => ({
    ...bars(level, levelColor(level), alerts[level]),
    stack: 'alerts',
  }));
  const title = (text: string, y: number) => ({
    ...countAxis(language),
    gridIndex: y,
    name: text,
    nameTextStyle: { color: cssColor('--muted'), align: 'left', padding: [0, 0, 0, -34] },
    nameGap: 8,
  });
  return {
    animation: false,
    grid: [
      { left: 46, right: 8, top: 24, height: 70 },
      { left: 46, right: 8, top: 124, height: 60 },
    ],
    xAxis: [
      { ...timeAxis(grid, false), gridIndex: 0 },
      { ...timeAxis(grid), gridIndex: 1 },
    ],
    yAxis: [title(t('nav.alerts'), 0), title(t('nav.events'), 1)],
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: tooltipBox(tipFor(series, t, language)),
    series: [...stacked, { ...bars(EVENTS, cssColor('--bar'), events), xAxisIndex: 1, yAxisIndex: 1 }],
  };
}

function Legend({ overview, range }: { overview: Overview; range: Range }) {
  const { t, i18n } = useTranslation();
  const counts = new Map(overview.by_level.map(({ key, count }) => [key, count]));
  return (
    <span className="legend">
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
    navigate(
      seriesId === EVENTS ? eventsPath(bucket) : alertsPath({ ...bucket, level: [seriesId as Level] }),
    );
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
