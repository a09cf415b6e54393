// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { layOut, type Point } from '../src/lib/graph-layout';

const star = (leaves: number) => Array.from({ length: leaves }, (_, i) => [0, i + 1] as const);
const apart = (a: Point | undefined, b: Point | undefined) =>
  a && b ? Math.hypot((a.x - b.x) / 1.5, a.y - b.y) : Number.NaN;

describe('where points stand', () => {
  it('draws the same picture each time', () => {
    expect(layOut(20, star(19))).toEqual(layOut(20, star(19)));
  });

  it('puts no two in one place', () => {
    const points = layOut(200, star(199));
    let nearest = Number.POSITIVE_INFINITY;
    points.forEach((a, i) => {
      for (const b of points.slice(i + 1)) nearest = Math.min(nearest, apart(a, b));
    });
    expect(nearest).toBeGreaterThan(0.15);
  });

  it('has what is linked nearer than what is not', () => {
    const [a, b, c, d] = layOut(4, [[0, 1], [2, 3]]);
    expect(apart(a, b)).toBeLessThan(apart(a, c));
    expect(apart(c, d)).toBeLessThan(apart(b, d));
  });

  it('is quick with four hundred, and has no trouble with none', () => {
    const begun = performance.now();
    layOut(400, star(399));
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(layOut(0, [])).toEqual([]);
    expect(layOut(1, [])).toHaveLength(1);
  });
});
