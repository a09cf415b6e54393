// SPDX-License-Identifier: Apache-2.0
import { act, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, describe, expect, it } from 'vitest';
import type { AlertDetail } from '../src/api/types';
import { setLanguage } from '../src/i18n';
import { readCondition, readCorrelation } from '../src/lib/why';
import { Correlation } from '../src/pages/alerts/correlation';
import { FalsePositives, NextSteps } from '../src/components/rule-advice';
import { Repeats } from '../src/pages/alerts/repeats';
import { Why } from '../src/pages/alerts/why';

afterEach(() => act(() => setLanguage('zh-CN')));

const WHY = {
  type: 'event_count',
  timespan: 300,
  rules: [{ count: 20, id: 'r1', title: 'Failed login', title_zh: '登录失败' }],
  group: [{ field: 'source.ip', value: '192.0.2.7' }],
  value: 20,
  condition: 'gte 20',
  evaluated: '20 gte 20',
  window: { from: '2026-03-01T00:00:00Z', to: '2026-03-01T00:04:00Z' },
  first: 101,
  last: 120,
  samples: [101, 110, 120],
};

describe('why a correlation came true', () => {
  it('is nothing for a match', () => {
    expect(readCorrelation({ condition: 'a', selections: [] })).toBeUndefined();
    expect(readCondition(WHY)).toBeUndefined();
  });

  it('shows the key, the rules with their counts, the value against the threshold, the events', () => {
    const facts = readCorrelation(WHY);
    if (!facts) throw new Error('not read');
    render(
      <MemoryRouter>
        <Correlation facts={facts} />
      </MemoryRouter>,
    );
    expect(screen.getByTestId('evaluated').textContent).toBe('20 ≥ 20');
    expect(within(screen.getByTestId('counted')).getByText('登录失败')).not.toBeNull();
    expect(within(screen.getByTestId('counted')).getByText('20')).not.toBeNull();
    const key = screen.getByText('192.0.2.7') as HTMLAnchorElement;
    expect(new URL(key.href).searchParams.get('q')).toBe('source.ip: "192.0.2.7"');
    const events = within(screen.getByTestId('samples')).getAllByRole('link') as HTMLAnchorElement[];
    expect(events.map((link) => new URL(link.href).searchParams.get('q'))).toEqual([
      'seq: 101',
      'seq: 110',
      'seq: 120',
      'seq: (101 or 110 or 120)',
    ]);
  });
});

it('a match shows its condition, and which selections hold', () => {
  const why = {
    condition: 'a and not f',
    selections: [
      { name: 'a', holds: true, matches: [] },
      { name: 'f', holds: false, matches: [] },
    ],
  };
  const actions = { search: () => '/' };
  render(<Why matches={[]} condition={readCondition(why)} event={undefined} actions={actions} />);
  const shown = screen.getByTestId('condition');
  expect(shown.querySelector('code')?.textContent).toBe('a and not f');
  expect(shown.querySelector('.holds')?.textContent).toBe('a 成立');
  expect(shown.querySelector('.holds-not')?.textContent).toBe('f 不成立');
});

it('next steps are in the language of the console where the rule has them', async () => {
  const alert = { next_steps: 'Look.', next_steps_zh: '查看。' } as AlertDetail;
  render(<NextSteps rule={alert} />);
  expect(screen.queryByText('查看。')).not.toBeNull();
  await act(() => setLanguage('en'));
  expect(screen.queryByText('Look.')).not.toBeNull();
});

it('what is harmless is in the language of the console, and in what there is else', async () => {
  await act(() => setLanguage('zh-CN'));
  const { container, rerender } = render(
    <FalsePositives rule={{ false_positives: ['A backup', 'A scan'], false_positives_zh: ['备份', '扫描'] }} />,
  );
  expect([...container.querySelectorAll('li')].map((item) => item.textContent)).toEqual(['备份', '扫描']);
  rerender(<FalsePositives rule={{ false_positives: ['A backup'] }} />);
  expect(container.querySelector('li')?.textContent).toBe('A backup');
  rerender(<FalsePositives rule={{}} />);
  expect(container.textContent).toBe('');
});

it('repeats are told only where there are some', () => {
  const { container, rerender } = render(<Repeats alert={{ repeats: 0 }} />);
  expect(container.textContent).toBe('');
  rerender(<Repeats alert={{ repeats: 1234, last: '2026-03-01T00:04:00Z' }} />);
  expect(container.textContent).toContain('1,234');
});
