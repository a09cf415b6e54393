// SPDX-License-Identifier: Apache-2.0
// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import chinese from '../src/locales/fields.zh-CN.json';

it('says in Chinese what every field of the field table holds, and no other', () => {
  const table = readFileSync(new URL('../../src/event/fields.def', import.meta.url), 'utf8');
  const names = Array.from(table.matchAll(/^FIELD\(\w+, "([^"]+)"/gm), ([, name]) => name);
  expect(names.length).toBeGreaterThan(100);
  expect(Object.keys(chinese).sort()).toEqual(names.sort());
});
