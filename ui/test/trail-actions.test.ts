// SPDX-License-Identifier: Apache-2.0
// Whatever the server writes into the trail has words here: the routes' actions and those of doc/formats/notices.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TRAIL_ACTIONS } from '../src/lib/trail';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const known = new Set<string>(TRAIL_ACTIONS);

const ofRoutes = Array.from(
  read('src/web/routes.def').matchAll(/AUDIT_\w+,\s*"([a-z_.]+)"/g),
  ([, action = '']) => action,
);
const ofNotices = read('doc/formats/notices.md')
  .split('| action | object |')[1]
  ?.split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => Array.from(line.split('|')[1]?.matchAll(/`([a-z_.]+)`/g) ?? [], ([, action = '']) => action));

describe('the actions of the trail', () => {
  it('of every route have words', () => {
    expect(ofRoutes.length).toBeGreaterThan(80);
    expect(ofRoutes.filter((action) => !known.has(action))).toEqual([]);
  });

  it('of the documentation have words', () => {
    expect(ofNotices?.length).toBeGreaterThan(80);
    expect(ofNotices?.filter((action) => !known.has(action))).toEqual([]);
  });

  it('stand in one group each, and nothing has words that is never written', () => {
    expect(new Set(TRAIL_ACTIONS).size).toBe(TRAIL_ACTIONS.length);
    const written = new Set([...ofRoutes, ...(ofNotices ?? [])]);
    expect(TRAIL_ACTIONS.filter((action) => !written.has(action))).toEqual([]);
  });
});
