// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../src/api/errors';
import { SearchBox } from '../src/pages/events/search-box';
import { draw, serve } from './support';

const FIELDS = ['source.ip', 'source.port', 'user.name'].map((name) => ({
  name,
  type: 'keyword',
  doc: 'doc',
}));
const onSearch = vi.fn();

beforeEach(() => {
  onSearch.mockClear();
  serve({ 'GET /api/v1/fields': FIELDS });
});

function drawBox(value = '', error?: unknown, busy = false): HTMLInputElement {
  draw(<SearchBox value={value} range={{ from: '-1h', to: 'now' }} error={error} busy={busy} onSearch={onSearch} extra={null} />);
  return screen.getByRole('combobox') as HTMLInputElement;
}

const type = (input: HTMLInputElement, value: string) => {
  input.setSelectionRange(value.length, value.length);
  fireEvent.change(input, { target: { value, selectionStart: value.length } });
};
const press = (input: HTMLInputElement, key: string) => fireEvent.keyDown(input, { key });

it('searches for what was typed', async () => {
  const input = drawBox();
  type(input, '  user.name: root ');
  press(input, 'Enter');
  expect(onSearch).toHaveBeenCalledExactlyOnceWith('user.name: root');
});

it('searches for something else while a search goes on', () => {
  type(drawBox('message: slow', undefined, true), 'user.name: root');
  fireEvent.click(screen.getByTestId('search'));
  expect(onSearch).toHaveBeenCalledExactlyOnceWith('user.name: root');
});

it('completes the name of a field by keyboard', async () => {
  const input = drawBox();
  type(input, 'not sour');
  expect(await screen.findAllByRole('option')).toHaveLength(2);
  press(input, 'ArrowDown');
  press(input, 'ArrowDown');
  expect(input.getAttribute('aria-activedescendant')).toBeTruthy();
  press(input, 'Enter');
  expect(input.value).toBe('not source.port: ');
  expect(onSearch).not.toHaveBeenCalled();
  expect(screen.queryByRole('listbox')).toBeNull();
});

it('leaves Enter alone while an input method composes', () => {
  const input = drawBox();
  fireEvent.keyDown(input, { key: 'Enter', isComposing: true });
  expect(onSearch).not.toHaveBeenCalled();
});

it('shows a mistake where it is, bytes counted', () => {
  drawBox('望: (x', new ApiError(400, 'syntax', 'expected )', 6));
  const mistake = screen.getByTestId('query-mistake');
  expect(mistake.querySelector('mark')?.textContent).toBe('(');
  expect(mistake.textContent).toContain('expected )');
});
