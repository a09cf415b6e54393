// SPDX-License-Identifier: Apache-2.0
// The looks that all charts share.
import type { Level } from '../api/types';
import { formatCompact } from '../lib/format';
import type { Grid } from '../lib/series';
import { axisTime, isLabelled } from '../lib/time';
import { cssColor } from '../theme';

/** Of ECharts' tooltip parameters, what is used. */
export interface TipParam {
  dataIndex: number;
  seriesId: string;
  value: number;
}

export const levelColor = (level: Level) => cssColor(`--level-${level}`);

const LABELS_MAX = 14;

export function timeAxis({ times, step }: Grid, labels = true) {
  const span = step * times.length;
  return {
    type: 'category',
    data: times.map((time) => axisTime(time, span)),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: cssColor('--border') } },
    axisLabel: {
      show: labels,
      color: cssColor('--muted'),
      fontSize: 11,
      interval: (i: number) => isLabelled(times[i] ?? 0, step, span, LABELS_MAX),
      hideOverlap: true,
    },
    axisPointer: { type: 'shadow' },
  };
}

export function countAxis(language: string) {
  return {
    type: 'value',
    minInterval: 1,
    splitNumber: 3,
    axisLabel: {
      color: cssColor('--muted'),
      fontSize: 11,
      formatter: (n: number) => formatCompact(n, language),
    },
    splitLine: { lineStyle: { color: cssColor('--line') } },
  };
}

export function bars(id: string, color: string, data: readonly number[]) {
  return {
    id,
    type: 'bar',
    data,
    itemStyle: { color },
    barCategoryGap: '12%',
    barMaxWidth: 28,
    emphasis: { disabled: true },
  };
}

export function tooltipBox(formatter: (params: TipParam[]) => HTMLElement | string) {
  return {
    trigger: 'axis',
    axisPointer: { type: 'shadow' },
    formatter,
    confine: true,
    transitionDuration: 0,
    padding: 0,
    borderWidth: 0,
    className: 'tip-box',
  };
}
