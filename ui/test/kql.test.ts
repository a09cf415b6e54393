// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { indexOfColumn, kqlAnd, kqlName, kqlTerm, kqlValue, kqlWithout } from '../src/lib/kql';

describe('terms', () => {
  it('quotes text, so that nothing in it is an operator', () => {
    expect(kqlTerm('source.ip', '2001:db8::1')).toBe('source.ip: "2001:db8::1"');
    expect(kqlTerm('url.path', '/a*(b) or "c"')).toBe('url.path: "/a*(b) or \\"c\\""');
    expect(kqlTerm('file.path', 'C:\\Windows\\')).toBe('file.path: "C:\\\\Windows\\\\"');
    expect(kqlValue('')).toBe('""');
    expect(kqlValue('200')).toBe('"200"');
  });

  it('leaves numbers bare and writes other values as JSON', () => {
    expect(kqlValue(200)).toBe('200');
    expect(kqlValue(-1.5)).toBe('-1.5');
    expect(kqlValue(true)).toBe('"true"');
    expect(kqlValue(1e21)).toBe('"1e+21"');
  });

  it('quotes names that are not plain', () => {
    expect(kqlName('@timestamp')).toBe('@timestamp');
    expect(kqlName('Logon Type')).toBe('"Logon Type"');
    expect(kqlName('a"b')).toBe('"a\\"b"');
  });
});

describe('narrowing a search', () => {
  const term = 'user.name: "root"';

  it('joins with and', () => {
    expect(kqlAnd('', term)).toBe(term);
    expect(kqlAnd('  a: 1 ', term)).toBe(`a: 1 and ${term}`);
    expect(kqlWithout('a: 1', term)).toBe(`a: 1 and not ${term}`);
  });

  it('does not say the same thing twice', () => {
    expect(kqlAnd(term, term)).toBe(term);
    expect(kqlAnd(`a: 1 and ${term}`, term)).toBe(`a: 1 and ${term}`);
  });

  it('puts parentheses around an or, but not around one in quotes or parentheses', () => {
    expect(kqlAnd('a: 1 OR b: 2', term)).toBe(`(a: 1 OR b: 2) and ${term}`);
    expect(kqlAnd('a: (1 or 2)', term)).toBe(`a: (1 or 2) and ${term}`);
    expect(kqlAnd('a: "x or y"', term)).toBe(`a: "x or y" and ${term}`);
    expect(kqlAnd('(a: 1) or (b: 2)', term)).toBe(`((a: 1) or (b: 2)) and ${term}`);
    expect(kqlAnd('a: "\\" or', term)).toBe(`a: "\\" or and ${term}`);
  });
});

describe('the column of a mistake', () => {
  it('counts bytes of UTF-8 from 1', () => {
    expect(indexOfColumn('abc', 1)).toBe(0);
    expect(indexOfColumn('abc', 3)).toBe(2);
    expect(indexOfColumn('望楼:x', 7)).toBe(2);
    expect(indexOfColumn('é🔥)', 7)).toBe(3);
  });

  it('is the end for anything beyond it', () => {
    expect(indexOfColumn('abc', 4)).toBe(3);
    expect(indexOfColumn('', 1)).toBe(0);
    expect(indexOfColumn('abc', 999)).toBe(3);
  });
});
