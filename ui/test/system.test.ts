// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { System } from '../src/api/admin-queries';
import { forecastOf, troublesOf } from '../src/lib/system';
import en from '../src/locales/en/system.json';
import zh from '../src/locales/zh-CN/system.json';

const disk = { total: 1000, used: 400, percent: 40, high: 80, critical: 90, samples: [] };
const system: System = {
  version: '1',
  now: '2026-11-23T00:00:00Z',
  processes: [
    { name: 'core', state: 'running', restarts: 0 },
    { name: 'collect', state: 'running', restarts: 2 },
  ],
  journal: { durable_seq: 1, bytes: 1, segments: 1, sealed_segments: 0, sealed_bytes: 0 },
  queue: { backlog: 0, events_per_second: 1 },
  store: { reachable: true },
  disk,
  certificate: { own: true, until: '2027-11-23T00:00:00Z', fingerprint: '' },
};
const kinds = (part: Partial<System>) => troublesOf({ ...system, ...part }).map(({ kind, name }) => kind + name);

describe('troubles', () => {
  it('are none where all runs', () => {
    expect(troublesOf(system)).toEqual([]);
  });

  it('are of each process, the worst first', () => {
    const processes: System['processes'] = [
      { name: 'drill', state: 'running', restarts: 3 },
      { name: 'store', state: 'failing', restarts: 9 },
      { name: 'analyze', state: 'stopped', restarts: 0 },
      { name: 'core', state: 'starting', restarts: 0 },
    ];
    expect(kinds({ processes })).toEqual(['stoppedanalyze', 'failingstore', 'restartsdrill']);
  });

  it('are of the store, the queue and the certificate', () => {
    expect(kinds({ store: { reachable: false } })).toEqual(['store']);
    expect(kinds({ queue: { backlog: 50_000, events_per_second: 1 } })).toEqual(['behind']);
    expect(kinds({ queue: { backlog: 49_999, events_per_second: 1 } })).toEqual([]);
    const certificate = { own: false, until: '2026-12-22T23:59:59Z', fingerprint: '' };
    expect(kinds({ certificate })).toEqual(['certificate']);
    expect(kinds({ certificate: { ...certificate, until: '2026-12-23T00:00:00Z' } })).toEqual([]);
  });

  it('name the disk once, by the worst that is true of it', () => {
    const forecast = { days_seen: 7, bytes_per_day: 10, full_in_days: 12.7 };
    expect(kinds({ disk: { ...disk, percent: 90, forecast } })).toEqual(['diskCritical']);
    expect(kinds({ disk: { ...disk, percent: 80, forecast } })).toEqual(['diskHigh']);
    expect(troublesOf({ ...system, disk: { ...disk, forecast } })).toMatchObject([{ kind: 'fullSoon', value: 12 }]);
    expect(kinds({ disk: { ...disk, forecast: { ...forecast, full_in_days: 31 } } })).toEqual([]);
  });
});

describe('the forecast', () => {
  it('says what is known', () => {
    expect(forecastOf(disk)).toEqual({ kind: 'unknown' });
    const seen = { days_seen: 6.9, bytes_per_day: 1 };
    expect(forecastOf({ ...disk, forecast: seen })).toEqual({ kind: 'steady', seen: 7 });
    expect(forecastOf({ ...disk, forecast: { ...seen, full_in_days: 43.8 } })).toEqual({ kind: 'full', seen: 7, days: 43 });
    expect(forecastOf({ ...disk, forecast: { ...seen, full_in_days: 1e6 } })).toMatchObject({ kind: 'far' });
  });
});

describe('what a process does', () => {
  it('is said of every process there is', () => {
    const folder = join(import.meta.dirname, '../../src/bin');
    const names = readdirSync(folder)
      .filter((file) => /^process_\w+\.c$/.test(file))
      .map((file) => /^\t\.name = "(\w+)"/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? file);
    expect(names.length).toBeGreaterThan(8);
    for (const { does } of [zh, en]) expect(Object.keys(does).sort()).toEqual(names.sort());
  });
});
