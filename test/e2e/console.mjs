// SPDX-License-Identifier: Apache-2.0
// Walks through the console in a real browser and fails on anything it did not expect, any violation of the
// Content-Security-Policy and any error on the browser's console included.
//
//	WANGLOU_URL        https://127.0.0.1:8443        where the console is
//	WANGLOU_PASSWORD   the password                  (required)
//	WANGLOU_USER       admin
//	WANGLOU_NEW_PASSWORD  set where the first password must be changed
//	WANGLOU_AUDITOR    name:password of an account with the role audit_administrator (without, the trail is not walked)
//	WANGLOU_CORRELATION  id of a correlation that has an alert (without, none is looked at)
//	WANGLOU_SHOTS      a folder for screenshots      (none are taken without)
//	WANGLOU_QUERY      message: *                    a query that finds something
//	CHROMIUM           /usr/bin/chromium
//
// The data must hold at least one alert of the last 24 hours, as the shipped drill does.
import assert from 'node:assert/strict';
import { BASE, byId, SHOTS, SIZES, shoot, walkThrough } from './browser.mjs';

const env = process.env;
const USER = env.WANGLOU_USER ?? 'admin';
const PASSWORD = env.WANGLOU_PASSWORD;
const NEW_PASSWORD = env.WANGLOU_NEW_PASSWORD ?? 'Console-walk-2026!';
const AUDITOR = env.WANGLOU_AUDITOR?.split(':');
const CORRELATION = env.WANGLOU_CORRELATION;
const QUERY = env.WANGLOU_QUERY ?? 'message: *';
if (!PASSWORD) {
  console.error('console: set WANGLOU_PASSWORD to the password of the console’s user.');
  process.exit(2);
}

async function shootSizes(page, name) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.waitForTimeout(SHOTS ? 250 : 0);
    await shoot(page, name);
  }
  await page.setViewportSize(SIZES[0]);
}

async function submitSignIn(page, password, user = USER) {
  await page.getByLabel(/^(用户名|User name)$/).fill(user);
  await page.getByLabel(/^(密码|Password)$/).fill(password);
  await byId(page, 'sign-in').click();
}

async function signIn(page) {
  await page.goto(BASE);
  await byId(page, 'sign-in').waitFor();
  await shoot(page, 'sign-in');
  await submitSignIn(page, `${PASSWORD}-wrong`);
  await page.getByRole('alert').waitFor();
  await shoot(page, 'sign-in-wrong');
  await submitSignIn(page, PASSWORD);
  await byId(page, 'change-password').or(byId(page, 'user')).first().waitFor();
}

async function changeFirstPassword(page) {
  if (!(await byId(page, 'change-password').isVisible())) return;
  await shoot(page, 'change-password');
  const fields = page.locator('input[type="password"]');
  await fields.nth(0).fill(PASSWORD);
  await fields.nth(1).fill(NEW_PASSWORD);
  await fields.nth(2).fill(NEW_PASSWORD);
  await byId(page, 'change-password').click();
  await byId(page, 'user').waitFor();
}

async function overview(page) {
  await byId(page, 'overview').waitFor();
  const canvas = byId(page, 'overview').locator('canvas').first();
  await canvas.waitFor();
  assert.ok(await isPainted(canvas), 'the chart of the overview is blank');
  assert.match(await byId(page, 'situation').innerText(), /\d/, 'the state sentence has no number');
  await byId(page, 'range-24h').click();
  await shootSizes(page, 'overview');
}

const isPainted = (canvas) =>
  canvas.evaluate((element) => {
    const { data } = element.getContext('2d').getImageData(0, 0, element.width, element.height);
    return data.some((byte) => byte !== 0);
  });

/** The numbers of the overview lead to what they count. */
async function clickThrough(page) {
  await byId(page, 'situation').locator('.situation-counted a').nth(1).click();
  await page.waitForURL(/\/alerts\?.*status=new%2Cacknowledged/);
  await page.goBack();
  await byId(page, 'overview').locator('.legend a').first().click();
  await page.waitForURL(/\/alerts\?.*level=critical/);
  await page.goBack();
  await byId(page, 'overview').waitFor();
}

async function health(page) {
  await byId(page, 'health').click();
  await byId(page, 'health-detail').waitFor();
  await shoot(page, 'health');
  await page.keyboard.press('Escape');
}

async function alerts(page) {
  await page
    .getByRole('link', { name: /^(告警|Alerts)$/ })
    .first()
    .click();
  await page.locator('[data-testid="alerts"] [data-row-key]').first().waitFor();
  await shootSizes(page, 'alerts');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await byId(page, 'alert-detail').waitFor();
  await byId(page, 'raw').first().waitFor();
  assert.ok((await byId(page, 'raw').first().innerText()).trim().length > 0, 'the raw line is empty');
  assert.match(page.url(), /\/alerts\/[^?]+/, 'the open alert is not in the address');
  await shootSizes(page, 'alert');
}

/** One rule's alerts alone, by one click, and back. */
async function oneRule(page) {
  await byId(page, 'rules').getByRole('button').first().click();
  await page.waitForURL(/rule=/);
  await shoot(page, 'alerts-one-rule');
  await byId(page, 'rules').getByRole('button', { pressed: true }).click();
  await page.waitForURL((url) => !url.searchParams.has('rule'));
}

async function handleAlert(page) {
  const step = byId(page, 'do-acknowledged').or(byId(page, 'do-new')).first();
  if (!(await step.isVisible())) return;
  await step.click();
  await byId(page, 'undo').click();
  await byId(page, 'undo').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await byId(page, 'alert-detail').waitFor({ state: 'detached' });
}

/** A value that made the rule match leads to the events that have it. */
async function pivot(page) {
  await page.locator('[data-testid="alerts"] [data-row-key]').first().click();
  await byId(page, 'why').locator('a.value').first().click();
  await page.waitForURL(/\/events\?.*q=/);
  await page.locator('[data-testid="events"] [data-row-key]').first().waitFor();
}

/** Why a correlation came true: what was counted for whom, the value against the threshold, and each of its events. */
async function correlation(page) {
  if (!CORRELATION) return;
  await page.goto(`${BASE}/alerts?rule=${CORRELATION}`);
  await page.locator('[data-testid="alerts"] [data-row-key]').first().click();
  await byId(page, 'correlation').waitFor();
  const [value, , threshold] = (await byId(page, 'evaluated').innerText()).split(' ').map(Number);
  assert.ok(value >= threshold, 'the value is below the threshold');
  const counted = await byId(page, 'counted').locator('td.number').allInnerTexts();
  assert.equal(counted.map(Number).reduce((sum, count) => sum + count), value, 'the rules were not counted');
  await byId(page, 'next-steps').waitFor();
  await shootSizes(page, 'correlation');
  const events = byId(page, 'samples').getByRole('link');
  assert.equal(await events.count(), Math.min(value, 20) + 1, 'events are missing');
  const number = await events.first().innerText();
  await events.first().click();
  await page.waitForURL((url) => url.searchParams.get('q') === `seq: ${number}`);
  const rows = page.locator('[data-testid="events"] [data-row-key]');
  await rows.first().waitFor();
  assert.equal(await rows.count(), 1, 'the number finds more than its event');
  assert.equal(await rows.first().getAttribute('data-row-key'), number);
}

/** An alert that many matches were counted on says so in the list and on its page. */
async function repeats(page) {
  if (!CORRELATION) return;
  await page.goto(`${BASE}/alerts`);
  const repeated = page.locator('[data-testid="alerts"] .repeated').first();
  await repeated.waitFor();
  const told = (await repeated.locator('b').innerText()).slice(1);
  await repeated.click();
  await byId(page, 'repeats').waitFor();
  assert.ok((await byId(page, 'repeats').innerText()).includes(told), 'the page tells another number');
  await shootSizes(page, 'repeats');
}

async function eventSearch(page) {
  await page
    .getByRole('link', { name: /^(日志检索|Log search)$/ })
    .first()
    .click();
  await page.waitForFunction(() => document.querySelector('[data-testid="query"]')?.value === '');
  await page.locator('[data-testid="events"] [data-row-key]').first().waitFor();
  await byId(page, 'query').fill(QUERY);
  await byId(page, 'query').press('Enter');
  await page.waitForURL(/q=/);
  const rows = page.locator('[data-testid="events"] [data-row-key]');
  await rows.first().waitFor();
  await shootSizes(page, 'events');
  await rows.first().click({ position: { x: 18, y: 12 } });
  await byId(page, 'raw').first().waitFor();
  await shootSizes(page, 'event');
}

async function completion(page) {
  await byId(page, 'query').fill('source.');
  await page.getByRole('option').first().waitFor();
  await shoot(page, 'completion');
  await byId(page, 'query').press('Escape');
}

async function queryMistake(page) {
  await byId(page, 'query').fill('source.ip: "203.0.113.7');
  await byId(page, 'query').press('Enter');
  await byId(page, 'query-mistake').waitFor();
  await shoot(page, 'query-mistake');
}

async function otherLanguage(page) {
  const before = await page.evaluate(() => document.documentElement.lang);
  await byId(page, 'language').click();
  await page.waitForFunction((was) => document.documentElement.lang !== was, before);
  const after = await page.evaluate(() => document.documentElement.lang);
  await page.goto(BASE);
  await byId(page, 'overview').waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), after, 'the language was forgotten');
  await byId(page, 'overview').locator('canvas').first().waitFor();
  await shootSizes(page, `overview-${after}`);
}

async function otherTheme(page) {
  await byId(page, 'theme').click();
  await shootSizes(page, 'overview-dark');
  await page.goto(`${BASE}/no-such-page`);
  await page.getByRole('button').first().waitFor();
  await shoot(page, 'not-found');
}

async function signOut(page) {
  await byId(page, 'user').click();
  await page.getByRole('menuitem', { name: /退出登录|Sign out/ }).click();
  await byId(page, 'sign-in').waitFor();
}

/** The audit trail is not in the menu of others; the auditor finds it there, filters it, opens a record. */
async function trail(page) {
  const link = () => page.getByRole('link', { name: /^(操作审计|Audit trail)$/ });
  if (!AUDITOR) return;
  const [name, ...password] = AUDITOR;
  await page.goto(BASE);
  await submitSignIn(page, password.join(':'), name);
  await link().click();
  const rows = page.locator('[data-testid="trail"] [data-row-key]');
  await rows.first().waitFor();
  await shootSizes(page, 'trail');
  await page.goto(`${BASE}/trail?outcome=refused`);
  await page.locator('.outcome-refused').first().waitFor();
  await rows.first().click({ position: { x: 60, y: 12 } });
  await byId(page, 'raw').first().waitFor();
  await shoot(page, 'trail-record');
  await signOut(page);
}

async function noTrail(page) {
  const link = page.getByRole('link', { name: /^(操作审计|Audit trail)$/ });
  assert.equal(await link.count(), 0, 'the audit trail is in the menu of somebody who is no auditor');
}

const STEPS = [
  signIn,
  changeFirstPassword,
  noTrail,
  overview,
  clickThrough,
  health,
  alerts,
  handleAlert,
  oneRule,
  pivot,
  correlation,
  repeats,
  eventSearch,
  completion,
  queryMistake,
  otherLanguage,
  otherTheme,
  signOut,
  trail,
];

await walkThrough('console', STEPS);
