// SPDX-License-Identifier: Apache-2.0
// The generated types are those of doc/formats/api.yaml; `npm run api` makes them anew.
// @vitest-environment node
import { readFileSync } from 'node:fs';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('schema.d.ts is not stale', async () => {
  const made =
    COMMENT_HEADER + astToString(await openapiTS(new URL('../../doc/formats/api.yaml', import.meta.url)));
  const kept = readFileSync(new URL('../src/api/schema.d.ts', import.meta.url), 'utf8');
  expect(kept).toBe(made);
}, 30_000);

it('the lock file names no registry', () => {
  const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  expect(lock).not.toMatch(/"resolved":|https?:\/\/registry/);
});

it('every version is pinned', () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^(npm:[a-z-]+@)?\d+\.\d+\.\d+$/);
});
