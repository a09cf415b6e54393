// SPDX-License-Identifier: Apache-2.0
// A grid of coloured cells on a canvas. Imported lazily, with what only it needs of ECharts.
import { HeatmapChart } from 'echarts/charts';
import { VisualMapPiecewiseComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { cssColor } from '../theme';
import Chart, { type ChartPoint } from './chart';
import { tooltipBox } from './options';

use([HeatmapChart, VisualMapPiecewiseComponent]);

export interface HeatCell {
  x: number;
  y: number;
  /** Index into colors. */
  kind: number;
}

interface Props {
  cells: readonly HeatCell[];
  columns: readonly string[];
  rows: readonly string[];
  /** Names of CSS variables. */
  colors: readonly string[];
  rowHeight: number;
  label: string;
  tip: (cell: HeatCell) => HTMLElement;
  onPick: (cell: HeatCell) => void;
}

const LEFT = 190;
const TOP = 22;
const NAME_MAX = 26;

const short = (name: string) => (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name);

export default function HeatMap({ cells, columns, rows, colors, rowHeight, label, tip, onPick }: Props) {
  const text = { color: cssColor('--muted'), fontSize: 11 };
  const axis = { axisTick: { show: false }, axisLine: { show: false }, splitArea: { show: false } };
  const option = {
    animation: false,
    grid: { left: LEFT, right: 8, top: TOP, bottom: 4 },
    xAxis: { ...axis, type: 'category', position: 'top', data: columns, axisLabel: { ...text, hideOverlap: true } },
    yAxis: {
      ...axis,
      type: 'category',
      inverse: true,
      data: rows.map(short),
      axisLabel: { ...text, color: cssColor('--text'), interval: 0 },
    },
    visualMap: {
      type: 'piecewise',
      show: false,
      dimension: 2,
      pieces: colors.map((name, value) => ({ value, color: cssColor(name) })),
    },
    tooltip: {
      ...tooltipBox(() => ''),
      trigger: 'item',
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const cell = cells[dataIndex];
        return cell ? tip(cell) : '';
      },
    },
    series: [
      {
        id: 'cells',
        type: 'heatmap',
        data: cells.map(({ x, y, kind }) => [x, y, kind]),
        itemStyle: { borderColor: cssColor('--surface'), borderWidth: 1 },
        emphasis: { itemStyle: { borderColor: cssColor('--text') } },
        progressive: 0,
      },
    ],
  };
  const pick = ({ index }: ChartPoint) => {
    const cell = cells[index];
    if (cell) onPick(cell);
  };
  return <Chart option={option} height={TOP + 4 + rows.length * rowHeight} label={label} onPick={pick} />;
}
