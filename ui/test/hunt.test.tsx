// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { exportUrl } from '../src/api/hunt-queries';
import { ENTITIES, entityQuery, kindOf } from '../src/lib/entity';
import { addRecent, recentOf } from '../src/lib/recent';
import { SearchBox } from '../src/pages/events/search-box';
import { FieldStatistics } from '../src/pages/events/field-statistics';
import { Component as SqlPage } from '../src/pages/sql/page';
import { columnsOf, TABLES } from '../src/pages/sql/tables';
import { draw, refuse, serve } from './support';

beforeEach(() => localStorage.clear());

it('knows what a field names', () => {
  expect(kindOf('source.ip')).toBe('ip');
  expect(kindOf('user.name')).toBe('user');
  expect(kindOf('file.hash.sha256')).toBe('hash');
  expect(kindOf('url.domain')).toBe('domain');
  expect(kindOf('message')).toBeUndefined();
  expect(entityQuery(['a', 'b'], 'x "y"')).toBe('a: "x \\"y\\"" or b: "x \\"y\\""');
  for (const { fields } of Object.values(ENTITIES)) expect(new Set(fields).size).toBe(fields.length);
});

it('remembers what was asked, the newest first and once', () => {
  for (const query of ['a', 'b', ' a ', '']) addRecent('hunt.recent', query);
  expect(recentOf('hunt.recent')).toEqual(['a', 'b']);
  localStorage.setItem('wanglou.hunt.recent', '{"no":1}');
  expect(recentOf('hunt.recent')).toEqual([]);
});

it('exports what was searched for, with hidden characters as they are', () => {
  const url = new URL(exportUrl({ from: '-1h', to: 'now', q: 'user.name: "⟨U+202E⟩x"' }, ['a', 'b.c'], 'csv'), 'https://h');
  expect(url.pathname).toBe('/api/v1/events/export');
  expect(url.searchParams.get('q')).toBe('user.name: "\u202ex"');
  expect(url.searchParams.get('columns')).toBe('a,b.c');
});

it('offers values behind a field, and puts them in quotes', async () => {
  const asked = serve({
    'GET /api/v1/fields': [{ name: 'user.name', type: 'keyword', doc: '' }],
    'GET /api/v1/events/values': { values: [{ value: 'ro"ot', count: 7 }] },
  });
  draw(<SearchBox value="" range={{ from: '-1h', to: 'now' }} error={null} busy={false} onSearch={vi.fn()} extra={null} />);
  const input = screen.getByRole('combobox') as HTMLInputElement;
  fireEvent.change(input, { target: { value: 'user.name: ro' } });
  const option = await screen.findByText('ro"ot', {}, { timeout: 4000 });
  expect(asked.at(-1)?.url).toContain('field=user.name&prefix=ro');
  fireEvent.mouseDown(option);
  expect(input.value).toBe('user.name: "ro\\"ot" ');
});

it('shows a field’s values, each to include or leave out', async () => {
  serve({
    'GET /api/v1/events/statistics': {
      events: 200,
      sampled: false,
      present: 100,
      distinct: 2,
      min: '1',
      max: '9',
      values: [{ value: '9', count: 75 }],
    },
  });
  const actions = { search: () => '/', include: vi.fn(), exclude: vi.fn() };
  draw(<FieldStatistics name="source.port" search={{ from: '-1h', to: 'now', q: '' }} actions={actions} />);
  expect(await screen.findByText('exists in 50%')).toBeDefined();
  expect(screen.getByText('75%')).toBeDefined();
  expect(screen.getByText('1 to 9')).toBeDefined();
  fireEvent.click(screen.getByLabelText('Only 9'));
  expect(actions.include).toHaveBeenCalledWith('source.port: "9"');
  fireEvent.click(screen.getByLabelText('Without 9'));
  expect(actions.exclude).toHaveBeenCalledWith('source.port: "9"');
});

it('lists the columns of every table once', () => {
  const fields = [{ name: 'source.ip', type: 'ip', doc: '' } as const];
  expect(columnsOf('events', fields).map(({ name }) => name)).toContain('source_ip_text');
  for (const table of TABLES) {
    const names = columnsOf(table, fields).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

it('runs SQL when asked to, and marks a mistake where it is', async () => {
  const asked = serve({
    'GET /api/v1/fields': [],
    'POST /api/v1/sql': refuse(400, "'system' is not for queries", { line: 2, column: 6 }),
  });
  draw(<SqlPage />, '/sql?q=SELECT%201');
  expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(0);
  fireEvent.change(screen.getByTestId('sql-query'), { target: { value: 'SELECT 1\nFROM system.one' } });
  fireEvent.click(screen.getByTestId('sql-run'));
  const mistake = await screen.findByTestId('sql-mistake');
  expect(mistake.querySelector('mark')?.textContent).toBe('system.one');
  await waitFor(() => expect(recentOf('sql.recent')).toEqual(['SELECT 1\nFROM system.one']));
});
