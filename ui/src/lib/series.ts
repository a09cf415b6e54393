// SPDX-License-Identifier: Apache-2.0
// Counts over time as the API sends them (buckets with nothing in them may be left out), made even for charts.
import type { Bucket, Level, Overview } from '../api/types';
import { LEVELS } from '../api/types';

export interface Grid {
  /** Start of each bucket, milliseconds. */
  times: number[];
  step: number;
}

/** The grid the server counts on: buckets begin at multiples of the step. */
export function gridOver(from: string, to: string, stepSeconds: number): Grid {
  const step = stepSeconds * 1000;
  const first = Math.floor(Date.parse(from) / step) * step;
  const count = Math.max(1, Math.ceil((Date.parse(to) - first) / step));
  return { times: Array.from({ length: count }, (_, i) => first + i * step), step };
}

/** Adds each bucket to its place on the grid; what lies outside it is left out. */
export function fill(grid: Grid, buckets: readonly Bucket[]): number[] {
  const counts = new Array<number>(grid.times.length).fill(0);
  const first = grid.times[0] ?? 0;
  for (const bucket of buckets) {
    const i = Math.round((Date.parse(bucket.time) - first) / grid.step);
    const before = counts[i];
    if (before !== undefined) counts[i] = before + bucket.count;
  }
  return counts;
}

export function fillByLevel(grid: Grid, series: Overview['alerts_series']): Record<Level, number[]> {
  const ofLevel = (level: Level) =>
    fill(
      grid,
      series.filter((entry) => entry.level === level),
    );
  return Object.fromEntries(LEVELS.map((level) => [level, ofLevel(level)])) as Record<Level, number[]>;
}
