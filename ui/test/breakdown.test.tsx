// SPDX-License-Identifier: Apache-2.0
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Overview } from '../src/api/types';
import { Breakdown } from '../src/pages/overview/breakdown';
import { draw } from './support';

const OVERVIEW: Overview = {
  from: '2026-03-01T00:00:00Z',
  to: '2026-03-02T00:00:00Z',
  step_seconds: 1800,
  store_reachable: true,
  events_total: 9,
  events_unparsed: 2,
  alerts_total: 0,
  alerts_open: 0,
  events_series: [],
  alerts_series: [],
  by_level: [],
  by_source: [
    { key: 'openssh', count: 7 },
    { key: '', count: 2 },
  ],
  by_tactic: [],
  by_unit: [],
  incidents_series: [],
  events_before: [],
  alerts_before: [],
  incidents_before: [],
  top_sources: [],
  top_destinations: [],
  top_rules: [],
};

it('leads from a source, or the lack of one, to its events', () => {
  draw(<Breakdown overview={OVERVIEW} range={{ from: '-24h', to: 'now' }} />);
  const queryOf = (text: RegExp) =>
    new URL(screen.getByText(text).closest('a')?.href ?? '', 'http://x').searchParams.get('q');
  expect(queryOf(/^openssh$/)).toBe('event.dataset: "openssh"');
  expect(queryOf(/^unrecognised$/)).toBe('event.kind: "unparsed"');
});
