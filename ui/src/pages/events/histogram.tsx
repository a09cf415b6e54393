// SPDX-License-Identifier: Apache-2.0
// How the matching events spread over time. Dragging over it, or clicking a bar, zooms in.
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
const BORDERS = 2;

interface Props {
  data: HistogramData | undefined;
  onZoom: (range: Range) => void;
}

interface Series {
  grid: Grid;
  counts: number[];
}

function seriesOf(data: HistogramData | undefined): Series {
  if (!data) return { grid: { times: [], step: 1 }, counts: [] };
  const grid = gridOver(data.from, data.to, data.interval_seconds);
  return { grid, counts: fill(grid, data.buckets) };
}

function optionOf({ grid, counts }: Series, label: string, language: string) {
  const tip = ([param]: TipParam[]) => {
    const row = { label, value: formatCount(param?.value ?? 0, language), tone: 'tone-events' };
    return tooltip(localTime(grid.times[param?.dataIndex ?? 0] ?? 0), [row]);
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
    series: [bars('events', cssColor('--bar'), counts)],
  };
}

export function Histogram({ data, onZoom }: Props) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  const series = useMemo(() => seriesOf(data), [data]);
  const label = t('nav.events');
  // Drawn anew with the theme, from whose style sheet the colours are read.
  const option = useMemo(() => optionOf(series, label, i18n.language), [series, label, i18n.language, theme]);
  const zoom = (first: number, last: number) => {
    const from = series.grid.times[first];
    const to = series.grid.times[last];
    if (from !== undefined && to !== undefined) onZoom(rangeOf(from, to + series.grid.step));
  };
  return (
    <div className="panel histogram" style={{ height: HEIGHT + BORDERS }}>
      <Suspense>
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
