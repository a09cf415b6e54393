// SPDX-License-Identifier: Apache-2.0
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Overview } from '../src/api/types';
import { Situation } from '../src/pages/overview/situation';
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
  by_level: [
    { key: 'critical', count: 1 },
    { key: 'high', count: 6 },
  ],
  by_source: [],
  by_tactic: [],
  top_sources: [],
  top_destinations: [],
  top_rules: [],
};

it('says the state in a sentence whose numbers are links', () => {
  serve({});
  draw(<Situation overview={OVERVIEW} range={RANGE} />);
  expect(screen.getByTestId('situation').textContent).toContain(
    'In the last 7 days, 1 alert is open, of 7 raised from 12,345 events.',
  );
  const addresses = screen.getAllByRole('link').map((link) => link.getAttribute('href'));
  expect(addresses).toEqual([
    '/alerts?from=-7d&status=new%2Cacknowledged',
    '/alerts?from=-7d',
    '/events?from=-7d',
    '/events?from=-7d&q=event.kind%3A+%22unparsed%22',
  ]);
});

it('names the worst level with an open alert', async () => {
  const alert = { id: 'a1', rule_title: 'Web shell', level: 'high' };
  const asked = serve({ 'GET /api/v1/alerts': { alerts: [alert], total: 3 } });
  draw(<Situation overview={OVERVIEW} range={RANGE} />);
  const link = await screen.findByRole('link', { name: 'Web shell' });
  expect(link.getAttribute('href')).toBe('/alerts/a1?from=-7d');
  expect(screen.getByText('Critical')).toBeTruthy();
  const query = new URL(asked.find(({ url }) => url.includes('/alerts'))?.url ?? '').searchParams;
  expect(Object.fromEntries(query)).toMatchObject({
    level: 'critical',
    status: 'new,acknowledged',
    limit: '1',
  });
});

it('is calm where nothing is open', () => {
  serve({});
  draw(<Situation overview={{ ...OVERVIEW, alerts_open: 0 }} range={RANGE} />);
  expect(screen.getByTestId('situation').textContent).toContain('no alert is open');
});
