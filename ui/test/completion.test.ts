// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { placeAt, withChoice, wordsOf } from '../src/lib/completion';

/** The caret is where | stands. */
const at = (query: string) => placeAt(query.replace('|', ''), query.indexOf('|'));

describe('what is being typed', () => {
  it.each([
    ['sou|', { kind: 'name', start: 0, end: 3, text: 'sou' }],
    ['a: 1 and sour|', { kind: 'name', start: 9, end: 13, text: 'sour' }],
    ['sou|rce.ip: 1', { kind: 'name', start: 0, end: 9, text: 'sou' }],
    ['not (us|', { kind: 'name', start: 5, end: 7, text: 'us' }],
    ['message: "a" and us|', { kind: 'name', start: 17, end: 19, text: 'us' }],
    ['user.name: ro|', { kind: 'value', start: 11, end: 13, text: 'ro', field: 'user.name' }],
    ['user.name: |', { kind: 'value', start: 11, end: 11, text: '', field: 'user.name' }],
    ['user.name:|', { kind: 'value', start: 10, end: 10, text: '', field: 'user.name' }],
    ['user.name: "ro|ot" and x', { kind: 'value', start: 11, end: 17, text: 'ro', field: 'user.name' }],
    ['user.name: "a b|', { kind: 'value', start: 11, end: 15, text: 'a b', field: 'user.name' }],
    ['user.name: ("a" or ro|', { kind: 'value', start: 19, end: 21, text: 'ro', field: 'user.name' }],
    ['user.name: (ro|', { kind: 'value', start: 12, end: 14, text: 'ro', field: 'user.name' }],
    ['"Logon Type": 3|', { kind: 'value', start: 14, end: 15, text: '3', field: 'Logon Type' }],
    ['user.name: root |', { kind: 'join', start: 16, end: 16, text: '' }],
    ['user.name: "a b" |', { kind: 'join', start: 17, end: 17, text: '' }],
    ['user.name: root and |', { kind: 'name', start: 20, end: 20, text: '' }],
  ])('%s', (query, place) => {
    expect(at(query)).toEqual(place);
  });

  it('is nothing inside quoted words that stand alone', () => {
    expect(at('"some phr|ase"')).toBeUndefined();
  });
});

it('puts a choice in its place', () => {
  const query = 'not source.ip: 1';
  const place = placeAt(query, 7);
  expect(place).toBeDefined();
  if (place)
    expect(withChoice(query, place, { key: '', label: '', insert: 'source.port: ' })).toEqual({
      text: 'not source.port: 1',
      caret: 17,
    });
});

it('knows the words that a query looks for in prose', () => {
  expect(wordsOf('message: "failed password" and user.name: root')).toEqual(['failed password']);
  expect(wordsOf('mimikatz or "exact phrase" and source.port >= 5')).toEqual(['mimikatz', 'exact phrase']);
  expect(wordsOf('message: (one or tw*o)')).toEqual(['one', 'tw', 'o']);
  expect(wordsOf('')).toEqual([]);
});
