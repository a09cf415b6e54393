// SPDX-License-Identifier: Apache-2.0
// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import en from '../src/locales/en/settings.json';
import chinese from '../src/locales/settings.zh-CN.json';

const table = readFileSync(new URL('../../src/bin/settings.def', import.meta.url), 'utf8');
const names = Array.from(table.matchAll(/^(?:TEXT|NUMBER)\(\w+, "([^"]+)"/gm), ([, name = '']) => name);

it('says in Chinese what every setting of the table is, and no other', () => {
  expect(names.length).toBeGreaterThan(50);
  expect(Object.keys(chinese).sort()).toEqual([...names].sort());
});

it('has a name for every group of settings', () => {
  const groups = new Set(names.map((name) => name.slice(0, name.indexOf('.'))));
  expect(Object.keys(en.group).sort()).toEqual([...groups].sort());
});
