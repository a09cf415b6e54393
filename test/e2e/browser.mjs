// SPDX-License-Identifier: Apache-2.0
// A real browser that walks through pages, and fails on any violation of the Content-Security-Policy and any error
// on its console. WANGLOU_URL, WANGLOU_SHOTS and CHROMIUM as console.mjs has them.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { chromium } = createRequire(new URL('../../ui/package.json', import.meta.url))('playwright-core');

const env = process.env;
export const BASE = env.WANGLOU_URL ?? 'https://127.0.0.1:8443';
export const SHOTS = env.WANGLOU_SHOTS;
const TIMEOUT_MS = 20_000;
export const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What the browser complained of. What is refused on purpose is part of the walk. */
function watch(page) {
  const complaints = [];
  const expected = (text) => /status of (400|401|403|409|429)/.test(text);
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected(message.text()))
      complaints.push(`console: ${message.text()}`);
    if (message.type() === 'warning' && /Content.Security.Policy/i.test(message.text()))
      complaints.push(`policy: ${message.text()}`);
  });
  return complaints;
}

/** Counts violations inside the page too: not every one reaches the console. */
const reportViolations = () => {
  globalThis.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    const { violatedDirective, blockedURI, sourceFile, lineNumber, sample } = event;
    globalThis.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber} ${sample}`);
  });
};

export const byId = (page, id) => page.locator(`[data-testid="${id}"]`);

export async function shoot(page, name) {
  if (!SHOTS) return;
  const size = page.viewportSize();
  await page.mouse.move(2, 2);
  await page.screenshot({ path: join(SHOTS, `${name}-${size.width}.png`) });
}

async function walk(page, steps) {
  const complaints = watch(page);
  for (const step of steps) {
    try {
      await step(page);
    } catch (error) {
      await shoot(page, 'failure');
      throw new Error(`${step.name}: ${error.message}\n${complaints.join('\n')}`, { cause: error });
    }
    complaints.push(...(await page.evaluate(() => globalThis.violations.splice(0))));
    console.log(`ok ${step.name}`);
  }
  assert.deepEqual([...new Set(complaints)], [], 'the browser complained');
}

async function main(name, steps) {
  if (SHOTS) await mkdir(SHOTS, { recursive: true });
  const profile = await mkdtemp(join(tmpdir(), `wanglou-${name}-`));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
    viewport: SIZES[0],
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    ignoreHTTPSErrors: true,
  });
  try {
    context.setDefaultTimeout(TIMEOUT_MS);
    await context.addInitScript(reportViolations);
    await walk(context.pages()[0] ?? (await context.newPage()), steps);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

export const walkThrough = (name, steps) =>
  main(name, steps).catch((error) => {
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  });
