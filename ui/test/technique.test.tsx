// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Technique } from '../src/components/technique';
import { setLanguage } from '../src/i18n';
import { Component as Coverage } from '../src/pages/rules/coverage/page';
import { draw, serve } from './support';

const NAMES = {
  items: [
    { id: 'T1110', name: 'Brute Force', name_zh: '暴力破解' },
    { id: 'T1110.003', name: 'Password Spraying', name_zh: '口令喷洒' },
    { id: 'T1999', name: 'Something New' },
  ],
};

const counted = (technique: object) => ({ ...technique, rules: 2, visible: 1, state: 'visible' });

const COVERAGE = {
  rules: 4,
  rules_visible: 2,
  untagged: 0,
  unknown_tags: 0,
  sources: [],
  tactics: [
    {
      id: 'TA0006',
      tactic: 'credential-access',
      name: 'Credential Access',
      techniques_total: 3,
      covered: 3,
      visible: 3,
      blind: 0,
      techniques: NAMES.items.map(counted),
    },
  ],
  connect: [],
  origins: [],
  attack: '(c) The MITRE Corporation',
};

const answers = {
  'GET /api/v1/techniques': NAMES,
  'GET /api/v1/rules/coverage': COVERAGE,
  'GET /api/v1/session': { user: 'li', permissions: ['rule.read'], csrf_token: 'x' },
};

const cells = () => [...document.querySelectorAll('.cell-name')].map((cell) => cell.textContent);

afterEach(() => act(() => setLanguage('en')));

test('a technique is called by its Chinese name, with the English one as its title', async () => {
  await act(() => setLanguage('zh-CN'));
  serve(answers);
  draw(<Technique id="T1110.003" />);
  expect((await screen.findByText('口令喷洒')).title).toBe('Password Spraying');
  expect(screen.queryByText('T1110.003')).not.toBeNull();
  await act(() => setLanguage('en'));
  expect(screen.getByText('Password Spraying').title).toBe('');
});

test('without a Chinese name it keeps the English one; one that nobody knows is its id', async () => {
  await act(() => setLanguage('zh-CN'));
  const asked = serve(answers);
  draw(
    <>
      <Technique id="t1999" />
      <p data-testid="unknown">
        <Technique id="T9999.001" />
      </p>
    </>,
  );
  expect((await screen.findByText('Something New')).title).toBe('');
  expect(screen.getByTestId('unknown').textContent?.trim()).toBe('T9999.001');
  expect(asked.length).toBe(1);
});

test('the matrix is searched by id, by either name, and by those of sub-techniques', async () => {
  await act(() => setLanguage('zh-CN'));
  serve(answers);
  draw(<Coverage />);
  const search = await screen.findByLabelText('搜索技术编号或名称');
  expect(cells()).toEqual(['暴力破解', 'Something New']);
  expect(document.querySelector<HTMLElement>('.cell')?.title).toContain('Brute Force\n');
  for (const words of ['暴力', 'brute', '口令喷洒', 'spraying', 't1110.003 ', 'T1110']) {
    fireEvent.change(search, { target: { value: words } });
    expect(cells()).toEqual(['暴力破解']);
  }
  fireEvent.change(search, { target: { value: '勒索' } });
  expect(cells()).toEqual([]);
});
