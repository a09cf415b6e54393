// SPDX-License-Identifier: Apache-2.0
import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { Situation as Now } from '../src/api/situation-queries';
import type { Overview } from '../src/api/types';
import i18n from '../src/i18n';
import { formatSpan } from '../src/lib/format';
import { byCountry, byProvince, countryName, countryOf, provinceOf } from '../src/lib/places';
import { change, countWord } from '../src/lib/situation';
import { Situation } from '../src/pages/overview/situation';
import { next, secondsOf, VIEWS } from '../src/pages/screen/views';
import { draw, serve } from './support';

const RANGE = { from: '-7d', to: 'now' };
const OVERVIEW: Overview = {
  from: '2026-03-01T00:00:00Z',
  to: '2026-03-08T00:00:00Z',
  step_seconds: 10_800,
  store_reachable: true,
  events_total: 12345,
  events_unparsed: 6,
  alerts_total: 7,
  alerts_open: 1,
  events_series: [],
  alerts_series: [],
  incidents_series: [],
  events_before: [],
  alerts_before: [],
  incidents_before: [],
  by_level: [],
  by_source: [],
  by_tactic: [],
  by_unit: [],
  top_sources: [],
  top_destinations: [],
  top_rules: [],
};
const INCIDENT: NonNullable<Now['urgent']>['incident'] = {
  id: 7,
  number: '2026-0007',
  version: 1,
  title: 'Web shell',
  status: 'new',
  severity: 'critical',
  level_proposed: 3,
  score: 800,
  first: '2026-03-08T00:00:00Z',
  last: '2026-03-08T00:00:00Z',
  created: '2026-03-08T00:00:00Z',
  updated: '2026-03-08T00:00:00Z',
  alerts: 3,
  drill: false,
  asset_name: '教务系统',
  tactics: [],
};
const NOW: Now = {
  at: '2026-03-08T00:00:00Z',
  incidents: { open: 3, drill: 0, untouched: 2, unassigned: 3, by_level: [0, 0, 0, 2, 1] },
  alerts_new: { critical: 1, high: 4, medium: 0, low: 0, informational: 0 },
  reports: { open: 1, overdue: 0 },
  rectifications: { open: 0, overdue: 0 },
  tasks: { open: 2, overdue: 1 },
  coverage: { sources: 5, silent: 0, acknowledged: 0, blind: 0, down: false },
  threat: { index: 40, band: 'guarded', parts: [] },
  urgent: {
    incident: INCIDENT,
    report: { id: 1, stage: 'initial', due: '2026-03-08T01:12:30Z', overdue: false },
  },
};
const CALM: Now = {
  ...NOW,
  incidents: { open: 0, drill: 0, untouched: 0, unassigned: 0, by_level: [0, 0, 0, 0, 0] },
  alerts_new: { ...NOW.alerts_new, critical: 0, high: 0 },
  tasks: { open: 0, overdue: 0 },
  urgent: undefined,
};

const say = async (now: Now, language: 'zh-CN' | 'en', overview: Overview | undefined = OVERVIEW) => {
  vi.useFakeTimers({ now: Date.parse(NOW.at), toFake: ['Date'] });
  await i18n.changeLanguage(language);
  cleanup();
  serve({});
  draw(<Situation now={now} overview={overview} range={RANGE} />);
  return screen.getByTestId('situation').textContent ?? '';
};

afterEach(async () => {
  vi.useRealTimers();
  await i18n.changeLanguage('en');
});

it('says the state in a sentence', async () => {
  expect(await say(NOW, 'zh-CN')).toContain(
    '两起较大事件、一起一般事件待处置，最急：教务系统，还有 1小时12分钟上报。',
  );
});

it('says the same in English, and every number leads to what it counts', async () => {
  const text = await say(NOW, 'en');
  expect(text).toContain('2 considerable incidents, 1 minor incident open; most urgent: 教务系统');
  expect(text).toContain('Last 7 days: 7 alerts, 1 of them open, from 12,345 events.');
  const addresses = screen.getAllByRole('link').map((link) => link.getAttribute('href'));
  expect(addresses).toEqual([
    '/incidents?level=3',
    '/incidents?level=4',
    '/incidents/7',
    '/incidents/7',
    '/incidents?status=new',
    '/alerts?level=critical%2Chigh&status=new',
    '/incidents?overdue=true',
    '/alerts?from=-7d',
    '/alerts?from=-7d&status=new%2Cacknowledged',
    '/events?from=-7d',
    '/events?from=-7d&q=event.kind%3A+%22unparsed%22',
  ]);
});

it('says that a deadline is past', async () => {
  const late = { ...NOW.urgent!, report: { ...NOW.urgent!.report!, due: '2026-03-07T21:55:00Z' } };
  expect(await say({ ...NOW, urgent: late }, 'zh-CN')).toContain('教务系统，上报已超时 2小时5分钟。');
});

it('is calm where nothing is open, and not quite where alerts are unseen', async () => {
  expect(await say(CALM, 'zh-CN')).toContain('没有待处置的安全事件，也没有无人查看');
  const unseen = { ...CALM, alerts_new: NOW.alerts_new };
  expect(await say(unseen, 'zh-CN')).toContain('没有待处置的安全事件，但有告警待处置。');
});

it('tells a drill, and that the store is away', async () => {
  const drill = { ...NOW, incidents: { ...NOW.incidents, drill: 3 } };
  const away = { ...OVERVIEW, store_reachable: false, events_total: 0 };
  const text = await say(drill, 'zh-CN', away);
  expect(text).toContain('（演练 3 起）');
  expect(text).toContain('日志 未知 条');
  expect(text).toContain('日志库暂不可用');
});

it('counts in words as far as people do', () => {
  expect([1, 2, 10, 11].map((n) => countWord(n, 'zh-CN'))).toEqual(['一', '两', '十', '11']);
  expect(countWord(2, 'en')).toBe('2');
});

it('writes a span in its two largest units', () => {
  expect([4359, 7200, 59, 90_061, 0].map((n) => formatSpan(n, 'en'))).toEqual([
    '1 hour 12 minutes',
    '2 hours',
    '59 seconds',
    '1 day 1 hour',
    '0 seconds',
  ]);
});

it('compares only where there is something to compare with', () => {
  expect([change(10, 5), change(5, 10), change(5, 0)]).toEqual([100, -50, undefined]);
});

it('takes Taiwan, Hong Kong and Macao as parts of China', () => {
  const counts = [
    { key: 'CN', count: 5 },
    { key: 'TW', count: 3 },
    { key: 'RU', count: 4 },
    { key: 'HK', count: 1 },
  ];
  expect(byCountry(counts)).toEqual([
    { key: 'CN', count: 9 },
    { key: 'RU', count: 4 },
  ]);
  expect(countryName('TW', 'zh-CN')).toBe('中国台湾');
  expect(byProvince(counts, [{ key: 'CN-ZJ', count: 2 }])).toEqual({
    provinces: [
      { key: 'CN-71', count: 3 },
      { key: 'CN-33', count: 2 },
      { key: 'CN-81', count: 1 },
    ],
    elsewhere: 3,
  });
});

it('knows places by any of their names', () => {
  expect(['Russia', 'Dem. Rep. Korea', 'Nowhere'].map(countryOf)).toEqual(['RU', 'KP', undefined]);
  expect(['浙江省', 'CN-ZJ', 'CN-33', '浙', 'US-CA'].map(provinceOf)).toEqual([
    'CN-33',
    'CN-33',
    'CN-33',
    undefined,
    undefined,
  ]);
});

it('shows the views of the screen in turn, for as long as the address says', () => {
  expect(VIEWS.map((view) => next(view, 1))).toEqual([...VIEWS.slice(1), VIEWS[0]]);
  expect(next('total', -1)).toBe('notices');
  const every = (text: string) => secondsOf(new URLSearchParams(text));
  expect(['', 'every=30', 'every=0', 'every=1', 'every=x', 'every=-3'].map(every)).toEqual([20, 30, 0, 5, 20, 20]);
});
