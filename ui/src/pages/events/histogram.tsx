// SPDX-License-Identifier: Apache-2.0
// How the matching events spread over time, all of them or by the most frequent values of a field. Dragging over
// it, or clicking a bar, zooms in.
import { ZoomOutOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Histogram as HistogramData } from '../../api/types';
import { bars, countAxis, type TipParam, timeAxis, tooltipBox } from '../../charts/options';
import { tooltip } from '../../charts/tooltip';
import { formatCount } from '../../lib/format';
import { fill, type Grid, gridOver } from '../../lib/series';
import { localTime, type Range, rangeOf } from '../../lib/time';
import { cssColor, useTheme } from '../../theme';

const Chart = lazy(() => import('../../charts/chart'));
const HEIGHT = 104;
/** What one divides by most; any field can be chosen beside the table. */
const USUAL = ['event.outcome', 'event.dataset', 'event.category', 'log.level', 'host.name'] as const;
const COLORS = ['--bar-1', '--bar-2', '--bar-3', '--bar-4', '--bar-5'] as const;
const REST = '--bar-rest';

interface Props {
  data: HistogramData | undefined;
  by: string;
  onBy: (field: string) => void;
  onZoom: (range: Range) => void;
  /** Present where the span was narrowed here. */
  onBack: (() => void) | undefined;
}

interface Series {
  id: string;
  label: string;
  color: string;
  tone: string;
  counts: readonly number[];
}

interface Words {
  all: string;
  rest: string;
}

function seriesOf(data: HistogramData | undefined, grid: Grid, words: Words): Series[] {
  if (!data) return [];
  const total = fill(grid, data.buckets);
  const parts = data.series ?? [];
  if (parts.length === 0)
    return [{ id: 'events', label: words.all, color: '--bar', tone: 'tone-events', counts: total }];
  const rest = total.map((n, i) => n - parts.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0));
  const made = parts.map(({ value, counts }, i) => ({
    id: `value-${i}`,
    label: value,
    color: COLORS[i] ?? REST,
    tone: `tone-bar-${i + 1}`,
    counts,
  }));
  if (rest.every((n) => n === 0)) return made;
  return [...made, { id: 'rest', label: words.rest, color: REST, tone: 'tone-bar-rest', counts: rest }];
}

function optionOf(grid: Grid, series: readonly Series[], language: string) {
  const tip = (params: TipParam[]) => {
    const at = params[0]?.dataIndex ?? 0;
    const rows = series.map(({ label, tone, counts }) => ({ label, tone, value: formatCount(counts[at] ?? 0, language) }));
    return tooltip(localTime(grid.times[at] ?? 0), rows);
  };
  const accent = cssColor('--accent');
  return {
    animation: false,
    grid: { left: 46, right: 8, top: 8, bottom: 22 },
    xAxis: timeAxis(grid),
    yAxis: countAxis(language),
    tooltip: tooltipBox(tip),
    toolbox: { show: false },
    brush: {
      toolbox: [],
      xAxisIndex: 0,
      brushStyle: { color: accent, opacity: 0.15, borderColor: accent, borderWidth: 1 },
      outOfBrush: { colorAlpha: 1 },
    },
    series: series.map(({ id, color, counts }) => ({ ...bars(id, cssColor(color), counts), stack: 'all' })),
  };
}

function Legend({ series }: { series: readonly Series[] }) {
  return (
    <ul className="legend" data-testid="legend">
      {series.map(({ id, label, tone }) => (
        <li key={id} title={label}>
          <span className={`tip-mark ${tone}`} /> <span className="ellipsis">{label}</span>
        </li>
      ))}
    </ul>
  );
}

export function Histogram({ data, by, onBy, onZoom, onBack }: Props) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  const grid = useMemo(
    () => (data ? gridOver(data.from, data.to, data.interval_seconds) : { times: [], step: 1 }),
    [data],
  );
  const all = t('events.allEvents');
  const rest = t('events.others');
  const series = useMemo(() => seriesOf(data, grid, { all, rest }), [data, grid, all, rest]);
  // Drawn anew with the theme, from whose style sheet the colours are read.
  const option = useMemo(() => optionOf(grid, series, i18n.language), [grid, series, i18n.language, theme]);
  const zoom = (first: number, last: number) => {
    const from = grid.times[first];
    const to = grid.times[last];
    if (from !== undefined && to !== undefined) onZoom(rangeOf(from, to + grid.step));
  };
  const choices = [...new Set([...(by ? [by] : []), ...USUAL])];
  return (
    <div className="panel histogram">
      <div className="histogram-head">
        <label htmlFor="histogram-by" className="muted">
          {t('events.divide')}
        </label>
        <Select
          id="histogram-by"
          size="small"
          variant="borderless"
          value={by}
          onChange={onBy}
          popupMatchSelectWidth={false}
          options={[{ value: '', label: t('events.undivided') }, ...choices.map((value) => ({ value, label: value }))]}
          data-testid="histogram-by"
        />
        {by !== '' && <Legend series={series} />}
        <span className="grow" />
        {onBack && (
          <Button size="small" type="text" icon={<ZoomOutOutlined />} onClick={onBack} data-testid="zoom-back">
            {t('events.zoomBack')}
          </Button>
        )}
      </div>
      <Suspense fallback={<div className="histogram-wait" />}>
        <Chart
          option={option}
          height={HEIGHT}
          label={t('events.histogramLabel')}
          onPick={({ index }) => zoom(index, index)}
          onBrush={zoom}
        />
      </Suspense>
    </div>
  );
}
