// SPDX-License-Identifier: Apache-2.0
// What console.sh measures in the browser.
import { BASE, byId, signIn, walkThrough } from '../e2e/browser.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Resolves when nothing is waited for any more and the frame after is painted. */
const stands = async () => {
  const waits = () => document.querySelector('.ant-skeleton-active, .ant-spin-spinning') || !document.querySelector('main h1');
  const frame = () => new Promise(requestAnimationFrame);
  while (waits()) await frame();
  await frame();
  return performance.now();
};

const lastAnswer = (since) =>
  Math.max(
    since,
    ...performance
      .getEntriesByType('resource')
      .filter(({ name, startTime, responseEnd }) => name.includes('/api/v1/') && !name.endsWith('/stream') && startTime >= since && responseEnd > 0)
      .map(({ responseEnd }) => responseEnd),
  );

async function measure(page, path) {
  await page.goto(`${BASE}/account`);
  await page.evaluate(stands);
  await page.evaluate(() => performance.clearResourceTimings());
  const begun = await page.evaluate((to) => {
    const since = performance.now();
    document.querySelector(`nav a[href="${to}"]`).click();
    return since;
  }, path);
  await page.waitForURL((url) => url.pathname === path);
  const stood = await page.evaluate(stands);
  const answered = await page.evaluate(lastAnswer, begun);
  return { data: answered - begun, after: Math.max(0, stood - answered), whole: stood - begun };
}

async function first(page) {
  const paints = [];
  for (let i = 0; i < ROUNDS; i++) {
    await page.goto(BASE);
    await byId(page, 'situation').waitFor();
    paints.push(await page.evaluate(stands));
  }
  console.log(`first meaningful paint of the situation, from the address on: ${Math.round(median(paints))} ms`);
}

async function pages(page) {
  await signIn(page, 'bench', 'bench of the campus');
  await first(page);
  const paths = await page.locator('nav a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  console.log(`${'page'.padEnd(26)} ${'data'.padStart(8)} ${'after'.padStart(8)} ${'whole'.padStart(8)}`);
  for (const path of paths) {
    const rounds = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await measure(page, path));
    const show = (name) => String(Math.round(median(rounds.map((round) => round[name])))).padStart(8);
    console.log(`${path.padEnd(26)} ${show('data')} ${show('after')} ${show('whole')}`);
  }
}

walkThrough('bench', [pages]);
