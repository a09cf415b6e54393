// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Source, SourceSpans } from '../src/api/sources-queries';
import {
  blindSeconds,
  byUrgency,
  cellsOf,
  fillIn,
  groupSources,
  isWanting,
  listenerOf,
  nameOf,
  queryOf,
  templateParts,
} from '../src/lib/sources';

const source = (part: Partial<Source>): Source => ({
  id: '1',
  kind: 'learnt',
  state: 'talking',
  listener: 'syslog-udp',
  first: '2026-11-01T00:00:00Z',
  last: '2026-11-22T00:00:00Z',
  received: 10,
  bytes: 100,
  unparsed: 0,
  lost: 0,
  delay_seconds: 0,
  delay_max_seconds: 0,
  clock_error_seconds: 0,
  hours: [],
  ...part,
});

describe('a source', () => {
  it('is called as the register has it, else by its own name, else by its address', () => {
    expect(nameOf(source({ peer: '10.0.0.1', name: 'mx1', asset: { id: 1, name: '邮件', kind: 'host' } }))).toBe('邮件');
    expect(nameOf(source({ peer: '10.0.0.1', name: 'mx1' }))).toBe('mx1');
    expect(nameOf(source({ peer: '10.0.0.1' }))).toBe('10.0.0.1');
  });

  it('is searched for by its address and format, and nothing of it acts in the query', () => {
    expect(queryOf(source({ peer: '10.0.0.1', source: 'openssh' }))).toBe(
      'peer: "10.0.0.1" and event.dataset: "openssh"',
    );
    expect(queryOf(source({ peer: '10.0.0.1' }))).toBe('peer: "10.0.0.1" and event.kind: "unparsed"');
    expect(queryOf(source({ source: 'a" or "b' }))).toBe('event.dataset: "a\\" or \\"b"');
    expect(queryOf(source({ kind: 'other' }))).toBeUndefined();
  });

  it('that is silent comes first, then the loudest', () => {
    const all = [source({ id: 'a' }), source({ id: 'b', received: 99 }), source({ id: 'c', state: 'silent' })];
    expect(all.sort(byUrgency).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  it('stands in a group, those without one last', () => {
    const of = (id: string, unit_name?: string) =>
      source({ id, asset: unit_name ? { id: 1, name: 'x', kind: 'host', unit_name } : undefined });
    const groups = groupSources([of('1'), of('2', 'B'), of('3', 'A'), of('4', 'B')], 'unit');
    expect(groups.map(([name, members]) => [name, members.map(({ id }) => id)])).toEqual([
      ['A', ['3']],
      ['B', ['2', '4']],
      ['', ['1']],
    ]);
  });
});

describe('the grid', () => {
  const spans: SourceSpans = {
    from: '2026-11-20T00:00:00Z',
    to: '2026-11-24T00:00:00Z',
    known_to: '2026-11-22T12:00:00Z',
    step_seconds: 86_400,
    sources: [
      { id: 'a', cells: [[0, 100, 0, 0], [1, 100, 50, 0], [2, 100, 0, 3]] },
      { id: 'b', cells: [[0, 5, 0, 0]] },
    ],
    spans: [
      { kind: 'silent', source: 'b', from: '2026-11-20T18:00:00Z', learning: false },
      { kind: 'silent', source: 'a', from: '2026-11-20T18:00:00Z', learning: true },
      { kind: 'down', from: '2026-11-21T00:00:00Z', to: '2026-11-21T06:00:00Z', learning: false },
    ],
  };

  it('says of each cell the worst', () => {
    const rows = cellsOf(spans, ['a', 'b', 'c']);
    const kinds = (id: string) => rows.get(id)?.map(({ kind }) => kind);
    expect(kinds('a')).toEqual(['heard', 'blind', 'lost', 'none']);
    expect(kinds('b')).toEqual(['silent', 'blind', 'silent', 'none']);
    expect(kinds('c')).toEqual(['none', 'blind', 'none', 'none']);
  });

  it('counts a silence that lasts up to what is known', () => {
    const cells = cellsOf(spans, ['b']).get('b');
    expect(cells?.map(({ silent }) => silent / 3600)).toEqual([6, 24, 12, 0]);
    expect(blindSeconds(spans) / 3600).toBe(6);
  });

  it('tells what was not understood', () => {
    const calm = { ...spans, spans: [] };
    expect(cellsOf(calm, ['a']).get('a')?.map(({ kind }) => kind)).toEqual(['heard', 'unparsed', 'lost', 'none']);
  });
});

describe('connecting', () => {
  it('fills in this server, and leaves what is not known', () => {
    const filling = { host: '10.0.0.9', port: '514', token: '' };
    expect(fillIn('@{{host}}:{{port}} {{token}} {{.Name}}', filling)).toBe('@10.0.0.9:514 TOKEN {{.Name}}');
    expect(fillIn('{{host}}:{{port}}', { ...filling, port: '' })).toBe('10.0.0.9:{{port}}');
  });

  it('knows from where a listener can be reached', () => {
    expect(listenerOf('127.0.0.1:5514')).toEqual({ port: '5514', reach: 'local' });
    expect(listenerOf('[::1]:5514')).toEqual({ port: '5514', reach: 'local' });
    expect(listenerOf(':514')).toEqual({ port: '514', reach: 'open' });
    expect(listenerOf('10.0.0.9:514')).toEqual({ port: '514', reach: 'open' });
    expect(listenerOf('')).toEqual({ port: '', reach: 'off' });
  });
});

describe('a template', () => {
  it('is cut where what varies begins', () => {
    expect(templateParts(['user', '<*>', 'from', 'ip=<*>']).map(({ text, varies }) => [text, varies])).toEqual([
      ['user ', false],
      ['…', true],
      [' from ip=', false],
      ['…', true],
    ]);
  });
});

it('wants of a source what was lost, or too much that is not understood', () => {
  expect(isWanting(source({}))).toBe(false);
  expect(isWanting(source({ lost: 1 }))).toBe(true);
  expect(isWanting(source({ received: 1000, unparsed: 1 }))).toBe(false);
  expect(isWanting(source({ received: 1000, unparsed: 900 }))).toBe(true);
});
