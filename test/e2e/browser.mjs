// SPDX-License-Identifier: Apache-2.0
// A real browser that walks through pages, and fails on any violation of the Content-Security-Policy and any error
// on its console. WANGLOU_URL, WANGLOU_SHOTS and CHROMIUM as console.mjs has them. WANGLOU_SLOW=N: a processor N times
// slower and answers that take N fiftieths of a second more, which shows what a walk does not wait for.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');

const env = process.env;
export const BASE = env.WANGLOU_URL ?? 'https://127.0.0.1:8443';
export const SHOTS = env.WANGLOU_SHOTS;
const SLOW = Number(env.WANGLOU_SLOW ?? 1);
const TIMEOUT_MS = 60_000; // for a machine that stands still for a while
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

const expectedToo = [];

/** For a walk that breaks something on purpose: what the browser says of it then. */
export const expectComplaint = (pattern) => expectedToo.push(pattern);

/** What the browser complained of. What is refused on purpose is part of the walk. */
function watch(page) {
  const complaints = [];
  const expected = (text) =>
    /status of (400|401|403|409|412|429)/.test(text) || expectedToo.some((pattern) => pattern.test(text));
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected(message.text()))
      complaints.push(`console: ${message.text()}`);
    if (message.type() === 'warning' && /Content.Security.Policy/i.test(message.text()))
      complaints.push(`policy: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    const { errorText } = request.failure() ?? {};
    if (/ERR_ABORTED/.test(errorText) || expected(errorText)) return; // a page that was left
    complaints.push(`${errorText} ${request.method()} ${request.url()}`);
  });
  page.on('response', async (response) => {
    if (response.status() < 500 || expected(`status of ${response.status()}`)) return;
    const said = await response.text().catch(() => '');
    complaints.push(`${response.status()} ${response.request().method()} ${response.url()}: ${said.slice(0, 300)}`);
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

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** What the API says, as the page would ask it. */
export const ask = (page, path) => page.evaluate(async (at) => (await fetch(`/api/v1${at}`)).json(), path);

export const dialog = (page) => page.locator('.ant-modal:visible').last();

/** Takes back what was done last, by the message that says it was; words: of that message, where another may stand yet. */
export async function undo(page, words = '') {
  await page.locator('.ant-message-notice').filter({ hasText: words }).getByTestId('undo').last().click();
}

/** Without messages of what was done before. */
export async function quiet(page) {
  await page.locator('.ant-message-notice').first().waitFor({ state: 'detached' }).catch(() => {});
}

/** Tries until the assertion holds: for what comes by itself. */
export async function eventually(assertion, ms = TIMEOUT_MS) {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(100);
    }
  }
}

/** Signs in from the sign-in page; of an account whose password is its own. */
export async function signIn(page, user, password) {
  await page.goto(BASE);
  await page.getByLabel(/^(用户名|User name)$/).fill(user);
  await page.getByLabel(/^(密码|Password)$/).fill(password);
  await byId(page, 'sign-in').click();
  await byId(page, 'user').waitFor();
}

/** Language and theme as a person's browser remembers them, then the page anew. */
export async function prefer(page, language, theme) {
  await page.evaluate(
    ([l, t]) => {
      localStorage.setItem('wanglou.language', l);
      localStorage.setItem('wanglou.theme', t);
    },
    [language, theme],
  );
  await page.reload();
}

/** The page as it is in both languages and both themes, where screenshots are kept. ready: waits for its content. */
export async function shootAll(page, name, ready = async () => {}) {
  if (!SHOTS) return;
  for (const language of ['en', 'zh-CN'])
    for (const theme of ['dark', 'light']) {
      await prefer(page, language, theme);
      await ready();
      await page.waitForLoadState('networkidle', { timeout: 10_000 }).catch(() => {});
      await shoot(page, `${name}-${language}-${theme}`);
    }
}

const AXE = require('axe-core').source;
const SERIOUS = new Set(['serious', 'critical']);

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
const COLOURS = ['color-contrast', 'link-in-text-block'];

async function noneSerious(page, runOnly, name) {
  const found = await page.evaluate((only) => globalThis.axe.run(document, { runOnly: only }), runOnly);
  const serious = found.violations
    .filter(({ impact }) => SERIOUS.has(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`)}`);
  assert.deepEqual(serious, [], `axe on ${name}`);
}

/** By its button, behind a dialog too; the page stays as it is. False: the page has none. */
const switchTheme = (page) =>
  page.evaluate(async () => {
    const button = document.querySelector('[data-testid="theme"]');
    if (!button) return false;
    const { dataset } = document.documentElement;
    const { theme } = dataset;
    const turning = () => document.getAnimations().filter((each) => each instanceof CSSTransition);
    const isTurning = () => dataset.theme === theme || turning().length > 0;
    const end = performance.now() + 10_000;
    button.click();
    for (let still = 0; still < 2 && performance.now() < end; still = isTurning() ? 0 : still + 1) {
      await Promise.allSettled(turning().map(({ finished }) => finished));
      await new Promise(requestAnimationFrame);
    }
    return true;
  });

/** No serious finding of axe (WCAG 2.1 A and AA) on the page as it stands; nor of its colours in the other theme. */
export async function isAccessible(page, name) {
  // The page's policy forbids scripts of strangers, so the check comes by the browser's own door.
  await page.evaluate(AXE);
  await noneSerious(page, WCAG, name);
  if (!(await switchTheme(page))) return;
  await noneSerious(page, COLOURS, `${name} in the other theme`);
  await switchTheme(page);
}

async function slowDown(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW });
  await session.send('Network.enable');
  const unlimited = { downloadThroughput: -1, uploadThroughput: -1 };
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: SLOW * 20, ...unlimited });
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
    const page = context.pages()[0] ?? (await context.newPage());
    if (SLOW > 1) {
      await slowDown(page);
      context.on('page', slowDown);
    }
    await walk(page, steps);
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
