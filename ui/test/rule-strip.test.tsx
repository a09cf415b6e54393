// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { ALERTS_STATE, parseState } from '../src/lib/url-state';
import { countFitting, RuleStrip } from '../src/pages/alerts/rule-strip';
import { draw, serve } from './support';

const RULES = [
  { id: 'r1', title: 'Reverse shell', level: 'critical', count: 1 },
  { id: 'r2', title: 'Scanner', level: 'low', count: 1234 },
];

const stateOf = (query: string) => parseState(ALERTS_STATE, new URLSearchParams(query));

it('counts the rules of the list and filters by one of them', async () => {
  const asked = serve({ 'GET /api/v1/alerts/rules': RULES });
  const change = vi.fn();
  draw(<RuleStrip state={stateOf('rule=r1&status=new')} onChange={change} />);
  const chips = await screen.findAllByRole('button');
  expect(chips.map(({ textContent }) => textContent)).toEqual(['Reverse shell1', 'Scanner1,234']);
  expect(chips.map((chip) => chip.getAttribute('aria-pressed'))).toEqual(['true', 'false']);
  expect(new URL(asked[0]?.url ?? '').search).toBe('?from=-24h&to=now&status=new&limit=40');
  for (const chip of chips) fireEvent.click(chip);
  expect(change.mock.calls).toEqual([[{ rule: '' }], [{ rule: 'r2' }]]);
});

it('is not there for one rule only', async () => {
  const asked = serve({ 'GET /api/v1/alerts/rules': RULES.slice(1) });
  draw(<RuleStrip state={stateOf('')} onChange={() => {}} />);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(screen.queryAllByRole('button')).toEqual([]);
});

it('leaves for the menu what does not fit, and room for the menu itself', () => {
  expect(countFitting([100, 100, 100], 312)).toBe(3);
  expect(countFitting([100, 100, 100], 311)).toBe(2);
  expect(countFitting([100, 100, 100], 307)).toBe(1);
  expect(countFitting([100, 100, 100], 201)).toBe(0);
  expect(countFitting([100, 100, 100], 0)).toBe(3);
});
