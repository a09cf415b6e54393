// SPDX-License-Identifier: Apache-2.0
// Where the points of a graph stand: what is linked draws together, everything else keeps apart (Fruchterman and
// Reingold, 1991). The same graph has the same picture, and choosing a point moves none.

export interface Point {
  x: number;
  y: number;
}

/** Pairs that are looked at in all: some 100 ms. */
const WORK = 6_000_000;
const STEPS = { least: 40, most: 300 };
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
/** How far what is linked with nothing may drift. */
const GRAVITY = 0.06;
/** Screens are wider than high. */
const WIDER = 1.5;

/** Those with most links in the middle, the others around them on a spiral. */
function begin(count: number, links: readonly (readonly [number, number])[]): Point[] {
  const degrees = new Array<number>(count).fill(0);
  for (const ends of links) for (const end of ends) degrees[end] = (degrees[end] ?? 0) + 1;
  const order = degrees.map((_, i) => i).sort((a, b) => (degrees[b] ?? 0) - (degrees[a] ?? 0));
  const points: Point[] = Array.from({ length: count }, () => ({ x: 0, y: 0 }));
  order.forEach((node, i) => {
    points[node] = { x: Math.sqrt(i) * Math.cos(i * GOLDEN), y: Math.sqrt(i) * Math.sin(i * GOLDEN) };
  });
  return points;
}

/** Adds to each point's force what the others and its links do to it. */
function push(points: readonly Point[], forces: Point[], links: readonly (readonly [number, number])[]) {
  for (const [i, a] of points.entries()) {
    const mine = forces[i] as Point;
    mine.x -= GRAVITY * a.x;
    mine.y -= GRAVITY * a.y;
    for (let j = i + 1; j < points.length; j++) {
      const b = points[j] as Point;
      const theirs = forces[j] as Point;
      const x = a.x - b.x;
      const y = a.y - b.y;
      const strength = 1 / (x * x + y * y + 0.01);
      mine.x += x * strength;
      mine.y += y * strength;
      theirs.x -= x * strength;
      theirs.y -= y * strength;
    }
  }
  for (const [from, to] of links) {
    const a = points[from] as Point;
    const b = points[to] as Point;
    const x = a.x - b.x;
    const y = a.y - b.y;
    const strength = Math.hypot(x, y);
    const [mine, theirs] = [forces[from] as Point, forces[to] as Point];
    mine.x -= x * strength;
    mine.y -= y * strength;
    theirs.x += x * strength;
    theirs.y += y * strength;
  }
}

/** links: pairs of indices below count. */
export function layOut(count: number, links: readonly (readonly [number, number])[]): Point[] {
  const points = begin(count, links);
  const steps = Math.round(Math.min(Math.max((2 * WORK) / (count * count + 1), STEPS.least), STEPS.most));
  for (let step = 0; step < steps; step++) {
    const forces: Point[] = points.map(() => ({ x: 0, y: 0 }));
    push(points, forces, links);
    const reach = 0.1 * Math.sqrt(count) * (1 - step / steps);
    for (const [i, { x, y }] of forces.entries()) {
      const point = points[i] as Point;
      const length = Math.hypot(x, y) || 1;
      point.x += (x / length) * Math.min(length, reach);
      point.y += (y / length) * Math.min(length, reach);
    }
  }
  return points.map(({ x, y }) => ({ x: WIDER * x, y }));
}
