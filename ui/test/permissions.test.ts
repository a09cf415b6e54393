// SPDX-License-Identifier: Apache-2.0
// @vitest-environment node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import en from '../src/locales/en/accounts.json';
import chinese from '../src/locales/zh-CN/accounts.json';

it('says what every permission lets one do, and of no other', () => {
  const table = readFileSync(join(import.meta.dirname, '../../src/access/permission.h'), 'utf8');
  const names = Array.from(table.matchAll(/^\tPERMISSION\(\w+, "([^"]+)"/gm), ([, name]) => name as string)
    .filter((name) => name !== 'none' && name !== 'link')
    .map((name) => name.replace('.', '-'));
  expect(names.length).toBeGreaterThan(10);
  for (const { permission } of [chinese, en]) expect(Object.keys(permission).sort()).toEqual(names.sort());
});
