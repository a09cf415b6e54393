// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { csvCell, toCsv } from '../src/lib/csv';

describe('a CSV cell', () => {
  it.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1+2', "'+1+2"],
    ['-cmd', "'-cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
  ])('never is a formula: %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it('keeps plain numbers as they are', () => {
    expect(csvCell(-5)).toBe('-5');
    expect(csvCell('-5.25')).toBe('-5.25');
    expect(csvCell(0)).toBe('0');
  });

  it('is quoted where it must be', () => {
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('a\nb')).toBe('"a\nb"');
    expect(csvCell('a"b')).toBe('"a""b"');
    expect(csvCell(['x', 1])).toBe('"[""x"",1]"');
    expect(csvCell(undefined)).toBe('');
    expect(csvCell(null)).toBe('');
  });
});

it('a CSV file has CRLF and a byte order mark', () => {
  const rows = [
    ['seq', 'user.name'],
    ['1', '张伟'],
    ['2', null],
  ];
  expect(toCsv(rows)).toBe('\uFEFFseq,user.name\r\n1,张伟\r\n2,\r\n');
});
