// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { highlight } from '../src/lib/highlight';
import { suggestFields } from '../src/lib/suggest';
import { literalParts, pivotTerm, readWhy } from '../src/lib/why';

describe('why a rule matched', () => {
  it('lists what matched, with the part to mark', () => {
    const matches = [
      { field: 'url.path', value: '/a.php?CMD=id', pattern: '*?cmd=*' },
      { field: null, value: 'Failed password for root', pattern: '*Failed password*' },
      { field: 'source.ip', value: '192.0.2.1' },
    ];
    const read = readWhy({ selections: [{ name: 'selection', matches }] });
    expect(read.map(({ field, marks }) => [field, marks])).toEqual([
      ['url.path', ['cmd=']],
      ['', ['Failed password']],
      ['source.ip', ['192.0.2.1']],
    ]);
  });

  it('marks the whole value where the pattern is not found in it', () => {
    const match = { field: 'n', value: '42', pattern: '>= 5' };
    expect(readWhy({ selections: [{ name: 's', matches: [match] }] })[0]?.marks).toEqual(['42']);
  });

  it.each([{}, { selections: 'x' }, { selections: [null, 1, {}] }])('is nothing for %j', (why) => {
    expect(readWhy(why)).toEqual([]);
  });

  it('leads on by the names of the event, not of the rule', () => {
    const event = {
      seq: '1',
      fields: { 'dns.question.name': 'x.example', 'source.port': 53, 'url.path': '/' },
      attributes: [{ name: 'LogonType', value: '3' }],
    };
    const term = (field: string, value: string) =>
      pivotTerm({ selection: 's', field, value, marks: [] }, event);
    expect(term('query', 'x.example')).toBe('dns.question.name: "x.example"');
    expect(term('url.path', '/')).toBe('url.path: "/"');
    expect(term('src_port', '53')).toBe('source.port: 53');
    expect(term('LogonType', '3')).toBe('LogonType: "3"');
    expect(term('', 'some "text"')).toBe('"some \\"text\\""');
    expect(pivotTerm({ selection: 's', field: 'a', value: 'b', marks: [] }, undefined)).toBe('"b"');
  });

  it('takes wildcards apart, and escaped ones not', () => {
    expect(literalParts('*\\*abc?de*')).toEqual(['*abc', 'de']);
    expect(literalParts('*')).toEqual([]);
    expect(literalParts('C:\\\\tmp\\x')).toEqual(['C:\\tmp\\x']);
  });
});

describe('marking', () => {
  const marked = (text: string, words: string[]) =>
    highlight(text, words).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text));

  it('finds words without regard to case, the longest first', () => {
    expect(marked('GET /Upload/up', ['up', 'upload'])).toEqual(['GET /', '[Upload]', '/', '[up]']);
  });

  it('takes words literally', () => {
    expect(marked('a.b axb (', ['a.b', '(.*'])).toEqual(['[a.b]', ' axb (']);
  });

  it('loses nothing and has no empty pieces', () => {
    const text = 'xx-xx';
    expect(
      highlight(text, ['xx'])
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
    expect(highlight(text, ['xx'])).toHaveLength(3);
    expect(highlight(text, ['', 'x'])).toEqual([{ at: 0, text, marked: false }]);
  });
});

describe('suggested fields', () => {
  const fields = ['user.name', 'source.ip', 'source.port', 'host.ip'].map((name) => ({
    name,
    type: 'keyword' as const,
    doc: '',
  }));

  it('begin with what was typed, or else contain it', () => {
    expect(suggestFields(fields, 'SOU').map(({ name }) => name)).toEqual(['source.ip', 'source.port']);
    expect(suggestFields(fields, 'ip').map(({ name }) => name)).toEqual(['source.ip', 'host.ip']);
    expect(suggestFields(fields, 'u').map(({ name }) => name)[0]).toBe('user.name');
  });

  it('are none for nothing and for a whole name', () => {
    expect(suggestFields(fields, '')).toEqual([]);
    expect(suggestFields(fields, 'user.name')).toEqual([]);
  });
});
