// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ApiError, adviceFor } from '../src/api/errors';
import { actionKey } from '../src/lib/trail';
import { Navigation } from '../src/pages/shell';
import { Component as TrailPage } from '../src/pages/trail/page';
import { draw, serve } from './support';

/** Tables of a page are slow to draw without a browser, and more so on a busy machine. */
const PATIENCE_MS = 20_000;

const ENTRY = {
  seq: '41',
  time: '2026-11-22T08:00:00Z',
  user: 'zhang',
  role: 'analyst',
  address: '192.0.2.7',
  via: 'console',
  action: 'search',
  object: 'user.name: root',
  outcome: 'allowed',
  detail: {},
};

it('shows the trail to auditors and to nobody else', () => {
  const { unmount } = draw(<Navigation permissions={['self', 'situation.read', 'alert.read', 'account.manage']} />);
  expect(screen.queryByText('Audit trail')).toBeNull();
  expect(screen.queryByText('Log search')).toBeNull();
  expect(screen.getByText('Accounts').closest('a')?.getAttribute('href')).toBe('/accounts');
  unmount();
  draw(<Navigation permissions={['situation.read', 'trail.read']} />);
  expect(screen.getByText('Audit trail').closest('a')?.getAttribute('href')).toBe('/trail');
});

it('lists what was done, filters by the address, and leads to the record', async () => {
  const asked = serve({
    'GET /api/v1/trail': {
      entries: [ENTRY, { ...ENTRY, seq: '40', action: 'new.thing', outcome: 'refused', object: '' }],
      next_cursor: '1-40',
    },
    'GET /api/v1/events/41': { seq: '41', fields: {}, attributes: [], raw: '{"action":"search"}' },
  });
  draw(<TrailPage />, '/trail?user=zhang&outcome=refused&q=root&action=search');
  const object = await screen.findByText('user.name: root');
  const ofTrail = () => asked.map(({ url }) => new URL(url)).filter(({ pathname }) => pathname === '/api/v1/trail');
  expect(ofTrail()[0]?.search).toBe(
    '?from=-24h&to=now&user=zhang&action=search&outcome=refused&q=root&limit=100',
  );
  expect(screen.getAllByText('Search').length).toBeGreaterThan(0);
  expect(screen.getByText('new.thing')).toBeDefined();
  expect(document.querySelector('.outcome-refused')?.textContent).toBe('refused');
  fireEvent.click(screen.getByText('41'));
  expect((await screen.findByTestId('raw')).textContent).toBe('{"action":"search"}');
  expect(screen.getByTestId('sentence').textContent).toMatch(/^zhang at .* by console \(192\.0\.2\.7\), “Search” user\.name: root: allowed\.$/);
  fireEvent.click(screen.getByText('Load more'));
  await waitFor(() => expect(ofTrail().at(-1)?.search).toContain('cursor=1-40'));
  fireEvent.click(object);
  await waitFor(() => expect(ofTrail().at(-1)?.search).toContain('q=user.name%3A%20root'));
}, PATIENCE_MS);

it('says so where there is nothing', async () => {
  serve({ 'GET /api/v1/trail': { entries: [] } });
  draw(<TrailPage />, '/trail');
  expect(await screen.findByText(/Nothing was done that matches/)).toBeDefined();
});

it('knows what was refused for want of a record', () => {
  expect(adviceFor(new ApiError(503, 'audit_unavailable', ''))).toBe('unrecorded');
  expect(adviceFor(new ApiError(503, 'busy', ''))).toBe('unavailable');
});

it('has a key for every action', () => {
  expect(actionKey('password.change')).toBe('password-change');
});
