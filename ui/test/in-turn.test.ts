// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { inTurn } from '../src/lib/in-turn';

it('runs so many at once, the others in order, and goes on after a failure', async () => {
  const take = inTurn(2);
  const log: string[] = [];
  let running = 0;
  let most = 0;
  const work = (name: string, fails = false) =>
    take(async () => {
      most = Math.max(most, ++running);
      log.push(name);
      await new Promise((done) => setTimeout(done, 1));
      running--;
      if (fails) throw new Error(name);
      return name;
    });
  const all = await Promise.allSettled([work('a', true), work('b'), work('c'), work('d', true), work('e')]);
  expect(log).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(most).toBe(2);
  expect(all.map(({ status }) => status[0])).toEqual(['r', 'f', 'f', 'r', 'f']);
  expect(await work('f')).toBe('f');
});
