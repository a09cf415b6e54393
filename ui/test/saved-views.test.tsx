// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useLocation } from 'react-router';
import { expect, it } from 'vitest';
import { SavedViews } from '../src/components/saved-views';
import { draw, serve } from './support';

const view = (more: object) => ({
  id: 1,
  version: 3,
  page: 'alerts',
  name: 'High and new',
  query: 'level=high&status=new',
  owner: 'li',
  shared: false,
  default: false,
  may_change: true,
  changed: '2026-03-01T00:00:00Z',
  ...more,
});

function Address() {
  return <output>{useLocation().search}</output>;
}

const page = (
  <>
    <SavedViews page="alerts" />
    <Address />
  </>
);
const address = () => screen.getByRole('status').textContent;

it('begins a page with the default, where it is entered without a query', async () => {
  serve({ 'GET /api/v1/views': { items: [view({ default: true })] } });
  draw(page, '/alerts');
  await waitFor(() => expect(address()).toBe('?level=high&status=new'));
  expect(screen.getByTestId('views').textContent).toBe('High and new');
});

it('leaves a page that was asked for as it is', async () => {
  serve({ 'GET /api/v1/views': { items: [view({ default: true })] } });
  draw(page, '/alerts?level=low');
  fireEvent.click(screen.getByTestId('views'));
  await screen.findByTestId('view');
  expect(address()).toBe('?level=low');
});

it('opens a view, and says which one is open', async () => {
  serve({ 'GET /api/v1/views': { items: [view({}), view({ id: 2, name: 'Low', query: 'level=low', shared: true, may_change: false })] } });
  draw(page, '/alerts');
  fireEvent.click(screen.getByTestId('views'));
  fireEvent.click(await screen.findByRole('button', { name: /^Low/ }));
  expect(address()).toBe('?level=low');
  expect(screen.getByTestId('views').textContent).toBe('Low');
  expect(screen.getAllByTestId('view-more')).toHaveLength(1);
});

it('saves what the page shows, and says where the name is taken', async () => {
  const asked = serve({
    'GET /api/v1/views': { items: [] },
    'POST /api/v1/views': Response.json({ code: 'duplicate', detail: '' }, { status: 409 }),
  });
  draw(page, '/alerts?q=ssh');
  fireEvent.click(screen.getByTestId('views'));
  fireEvent.click(await screen.findByTestId('save-view'));
  fireEvent.change(await screen.findByTestId('view-name'), { target: { value: ' SSH ' } });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await screen.findByText('You have a view of this name on this page');
  const body = await asked.find(({ method }) => method === 'POST')?.json();
  expect(body).toEqual({ page: 'alerts', name: 'SSH', query: 'q=ssh', shared: undefined, default: undefined });
});
