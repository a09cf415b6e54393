// SPDX-License-Identifier: Apache-2.0
// The looks that all charts share.
import type { Level } from '../api/types';
import { formatCompact } from '../lib/format';
import { axisTime } from '../lib/time';
import { cssColor } from '../theme';

/** Of ECharts' tooltip parameters, what is used. */
export interface TipParam {
  dataIndex: number;
  seriesId: string;
  value: number;
}

export const levelColor = (level: Level) => cssColor(`--level-${level}`);

export function timeAxis(times: readonly number[], labels = true) {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    type: 'category',
    data: times.map((time) => axisTime(time, span)),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: cssColor('--border') } },
    axisLabel: { show: labels, color: cssColor('--muted'), hideOverlap: true, fontSize: 11 },
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
