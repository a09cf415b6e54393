// SPDX-License-Identifier: Apache-2.0
// What console.sh measures in the browser.
import { BASE, byId, expectComplaint, signIn, walkThrough } from '../e2e/browser.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Counts the questions to the API that are not answered yet, and notes when the last one was. */
const count = () => {
  const { fetch } = window;
  window.asked = { open: 0, answered: 0 };
  window.fetch = async (...question) => {
    if (String(question[0]?.url ?? question[0]).endsWith('/stream')) return fetch(...question);
    window.asked.open++;
    try {
      return await fetch(...question);
    } finally {
      window.asked.open--;
      window.asked.answered = performance.now();
    }
  };
};

/** When nothing was asked and nothing waited for any more, seen for FRAMES frames on end; the first of them. */
const stands = async () => {
  const FRAMES = 6;
  const waits = () =>
    window.asked.open > 0 ||
    document.querySelector('.ant-skeleton-active, .ant-spin-spinning') ||
    !document.querySelector('main h1');
  const frame = () => new Promise(requestAnimationFrame);
  let since = performance.now();
  for (let still = 0; still < FRAMES; still++) {
    await frame();
    if (still === 0) since = performance.now();
    if (waits()) still = -1;
  }
  return since;
};

async function measure(page, path) {
  await page.goto(`${BASE}/account`);
  await page.evaluate(stands);
  const begun = await page.evaluate((to) => {
    const since = performance.now();
    document.querySelector(`nav a[href="${to}"]`).click();
    return since;
  }, path);
  await page.waitForURL((url) => url.pathname === path);
  const stood = await page.evaluate(stands);
  const answered = Math.max(begun, await page.evaluate(() => window.asked.answered));
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
  await page.addInitScript(count);
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

// So many pages in so short a time are more streams than an account may have; the console then asks by itself.
expectComplaint(/status of 503/);
walkThrough('bench', [pages]);
