// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { tacticCounts, tacticName } from '../src/lib/attack';
import { fill, fillByLevel, gridOver } from '../src/lib/series';

const FROM = '2026-03-01T00:00:00Z';
const TO = '2026-03-01T01:00:00Z';
const at = (minute: number) => new Date(Date.parse(FROM) + minute * 60_000).toISOString();

describe('a grid', () => {
  it('covers the span', () => {
    const grid = gridOver(FROM, TO, 300);
    expect(grid.step).toBe(300_000);
    expect(grid.times).toHaveLength(12);
    expect(grid.times[0]).toBe(Date.parse(FROM));
  });

  it('stays where it is while the span moves on', () => {
    const grid = gridOver(at(2), at(62), 300);
    expect(grid.times[0]).toBe(Date.parse(FROM));
    expect(grid.times).toHaveLength(13);
  });

  it('has a bucket where the span has none', () => {
    expect(gridOver(FROM, FROM, 60).times).toHaveLength(1);
  });
});

describe('counts', () => {
  const grid = gridOver(FROM, TO, 600);

  it('fall in their places, zeros between', () => {
    const buckets = [
      { time: at(10), count: 3 },
      { time: at(10), count: 1 },
      { time: at(50), count: 2 },
      { time: at(70), count: 9 },
    ];
    expect(fill(grid, buckets)).toEqual([0, 4, 0, 0, 0, 2]);
  });

  it('are kept apart by level', () => {
    const filled = fillByLevel(grid, [
      { time: at(0), level: 'high', count: 1 },
      { time: at(0), level: 'low', count: 2 },
    ]);
    expect(filled.high[0]).toBe(1);
    expect(filled.low[0]).toBe(2);
    expect(filled.critical).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('tactics', () => {
  it('come in the order of an attack, then those unknown', () => {
    const counts = tacticCounts([
      { key: 'impact', count: 2 },
      { key: 'lateral_movement', count: 1 },
      { key: 'lateral-movement', count: 1 },
      { key: 'stealth', count: 7 },
    ]);
    expect(counts).toHaveLength(15);
    expect(counts[0]).toEqual({ key: 'reconnaissance', count: 0 });
    expect(counts[9]).toEqual({ key: 'lateral-movement', count: 2 });
    expect(counts.at(-1)).toEqual({ key: 'stealth', count: 7 });
    expect(tacticName('attack.initial_access')).toBe('initial-access');
  });
});
