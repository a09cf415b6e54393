// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  axisTime,
  isLabelled,
  isSpan,
  isTime,
  localTime,
  rangeOf,
  resolveTime,
  utcTime,
} from '../src/lib/time';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('points in time', () => {
  it.each([
    ['now', 0],
    ['-15m', 900_000],
    ['-24h', 86_400_000],
    ['-7d', 604_800_000],
    ['-30s', 30_000],
  ])('%s is so many milliseconds ago', (text, ago) => {
    expect(NOW - resolveTime(text, NOW)).toBe(ago);
  });

  it('are also written in RFC 3339', () => {
    expect(resolveTime('2026-03-01T20:00:00+08:00', 0)).toBe(NOW);
  });

  it.each(['', 'yesterday', '-5y', '-h', '24h', '2026', '2026-99-01T00:00:00Z', '5'])(
    '%j is none',
    (text) => {
      expect(isTime(text)).toBe(false);
    },
  );

  it('make a range', () => {
    const range = rangeOf(NOW, NOW + 1);
    expect(range).toEqual({ from: '2026-03-01T12:00:00.000Z', to: '2026-03-01T12:00:00.001Z' });
    expect(isSpan('-24h')).toBe(true);
    expect(isSpan('-23h')).toBe(false);
  });
});

describe('times for people', () => {
  it('are local, to the second', () => {
    const local = new Date(2026, 2, 1, 8, 5, 9);
    expect(localTime(local.toISOString())).toBe('2026-03-01 08:05:09');
    expect(localTime(local.getTime())).toBe('2026-03-01 08:05:09');
    expect(localTime('nonsense')).toBe('nonsense');
  });

  it('are exact in UTC', () => {
    expect(utcTime('2026-03-01T08:05:09.123456Z')).toBe('2026-03-01 08:05:09.123456 UTC');
    expect(utcTime('2026-03-01T08:05:09+08:00')).toBe('2026-03-01 00:05:09.000 UTC');
    expect(utcTime('nonsense')).toBe('nonsense');
  });
});

describe('a time axis', () => {
  const at = new Date(2026, 2, 1, 8, 0, 0).getTime();
  const hour = 3_600_000;

  it('has labels as long as the span needs', () => {
    expect(axisTime(at, 5 * 60_000)).toBe('08:00:00');
    expect(axisTime(at, 24 * hour)).toBe('08:00');
    expect(axisTime(at, 48 * hour)).toBe('03-01 08:00');
    expect(axisTime(at, 240 * hour)).toBe('03-01');
  });

  it('labels round times only', () => {
    const step = hour / 4;
    const labelled = Array.from({ length: 96 }, (_, i) => at + i * step).filter((time) =>
      isLabelled(time, step, 24 * hour, 14),
    );
    expect(labelled).toHaveLength(12);
    for (const time of labelled) expect(new Date(time).getMinutes()).toBe(0);
  });
});
