// SPDX-License-Identifier: Apache-2.0
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter, useLocation } from 'react-router';
import { describe, expect, it } from 'vitest';
import {
  ALERTS_STATE,
  alertsPath,
  DEFAULT_COLUMNS,
  EVENTS_STATE,
  eventsPath,
  parseState,
  printState,
  useUrlState,
} from '../src/lib/url-state';

const parseAlerts = (query: string) => parseState(ALERTS_STATE, new URLSearchParams(query));

describe('an address', () => {
  it('is short where everything is as usual', () => {
    expect(alertsPath({})).toBe('/alerts');
    expect(eventsPath({ from: '-24h', to: 'now', q: '', columns: DEFAULT_COLUMNS })).toBe('/events');
  });

  it('comes back as what it was made from', () => {
    const state = {
      from: '2026-03-01T00:00:00Z',
      to: 'now',
      level: ['critical', 'high'] as const,
      status: ['new'] as const,
      rule: 'a-b',
      tactic: 'impact',
      source_ip: '2001:db8::7',
      assignee: 'li.wei',
      asset: 244,
      unit: 26,
      q: '10.0.0.1 & "x" 望楼',
      drill: false,
    };
    expect(parseState(ALERTS_STATE, printState(ALERTS_STATE, state))).toEqual(state);
  });

  it('keeps a query with every special character', () => {
    const q = 'url.path: "/a?b=c&d=%20#" and not x: (y or "\\"")';
    const query = new URL(eventsPath({ q }), 'http://h').searchParams;
    expect(parseState(EVENTS_STATE, query).q).toBe(q);
  });

  it('from a stranger does no harm', () => {
    const state = parseAlerts('level=high,evil,low&status=&drill=perhaps&from=tomorrow&to=%00&unknown=1');
    expect(state).toMatchObject({
      level: ['high', 'low'],
      status: [],
      drill: undefined,
      from: '-24h',
      to: 'now',
    });
    expect(parseAlerts(`q=${'x'.repeat(9000)}`).q).toBe('');
    const many = Array.from({ length: 99 }, (_, i) => `f${i}`).join(',');
    expect(parseState(EVENTS_STATE, new URLSearchParams({ columns: many })).columns).toHaveLength(40);
  });
});

describe('a page’s state', () => {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MemoryRouter initialEntries={['/alerts?level=high']}>{children}</MemoryRouter>
  );
  const render = () =>
    renderHook(() => [useUrlState(ALERTS_STATE), useLocation().search] as const, { wrapper });

  it('changes in part, and the address with it', () => {
    const { result } = render();
    act(() => result.current[0][1]({ drill: true }));
    const [[state], search] = result.current;
    expect(state).toMatchObject({ level: ['high'], drill: true });
    expect(search).toBe('?level=high&drill=true');
  });

  it('keeps a change that is not drawn yet when the next one comes', () => {
    const { result } = render();
    const [, change] = result.current[0];
    act(() => {
      change({ drill: true });
      change({ q: 'x' });
    });
    expect(result.current[1]).toBe('?level=high&q=x&drill=true');
  });
});
