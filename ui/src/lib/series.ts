// SPDX-License-Identifier: Apache-2.0
// Counts over time as the API sends them (buckets with nothing in them may be left out), made even for charts.
import type { Bucket, Level, Overview } from '../api/types';
import { LEVELS } from '../api/types';

export interface Grid {
  /** Start of each bucket, milliseconds. */
  times: number[];
  step: number;
}

const FALLBACK_BUCKETS = 60;
const BUCKETS_MAX = 1000;

/** The bucket width: the smallest distance between two buckets seen. */
function stepOf(times: readonly number[], span: number): number {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((time, i) => time - (sorted[i] ?? time));
  return gaps.length > 0 ? Math.min(...gaps) : span / FALLBACK_BUCKETS;
}

/** An even grid over [from, to) that every given time lies on. */
export function gridOver(from: string, to: string, seen: readonly string[], stepSeconds?: number): Grid {
  const start = Date.parse(from);
  const span = Math.max(Date.parse(to) - start, 1);
  const times = seen.map((time) => Date.parse(time));
  const step = Math.max(stepSeconds ? stepSeconds * 1000 : stepOf(times, span), span / BUCKETS_MAX);
  const anchor = times[0] ?? start;
  const first = anchor - Math.ceil((anchor - start) / step) * step;
  const count = Math.max(1, Math.ceil((start + span - first) / step));
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
