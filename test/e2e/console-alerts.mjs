// SPDX-License-Identifier: Apache-2.0
// Alerts in a real browser, on the shipped drill. Variables as in console.mjs, and
//	WANGLOU_SYSLOG  port of the program's syslog over UDP, for the attack
//	WANGLOU_CORE    process number of core, which is ended: the supervisor starts it again
//	WANGLOU_PROOF   where the proof that the page makes is kept
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { BASE, byId, eventually, expectComplaint, isAccessible, shoot, shootAll, signIn, SIZES, walkThrough } from './browser.mjs';

const { WANGLOU_USER: USER, WANGLOU_PASSWORD: PASSWORD, WANGLOU_SYSLOG, WANGLOU_CORE, WANGLOU_PROOF } = process.env;

const rows = (page) => page.locator('[data-testid="alerts"] [data-row-key]');
const firstRow = (page) => rows(page).first();
const keyOf = (row) => row.getAttribute('data-row-key');

/** An account with the powers of root on each of the hosts: an alert a host, by itself. */
async function attack(hosts) {
  const socket = createSocket('udp4');
  const now = new Date().toUTCString().split(' ');
  for (const host of hosts) {
    const line = `<86>${now[2]} ${String(Number(now[1])).padStart(2)} ${now[4]} ${host} useradd[4188]: new user: name=support, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/2`;
    await new Promise((done) => socket.send(line, Number(WANGLOU_SYSLOG), '127.0.0.1', done));
  }
  socket.close();
}

async function enter(page) {
  await signIn(page, USER, PASSWORD);
  await page.goto(`${BASE}/alerts`);
  await firstRow(page).waitFor();
  await isAccessible(page, 'alerts');
  const chips = await byId(page, 'rules').locator('.rule-chip').evaluateAll((all) => new Set(all.map(({ offsetTop }) => offsetTop)).size);
  assert.equal(chips, 1, 'the rules take more than one line');
  assert.ok((await byId(page, 'rules').boundingBox()).height < 40, 'the rules take more than one line');
  await byId(page, 'more-rules').click();
  await page.locator('.rule-menu').waitFor();
  await shoot(page, 'alerts-more-rules');
  await page.keyboard.press('Escape');
}

/** The rule's title is read at every width. */
async function titles(page) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    const width = await firstRow(page).locator('.alert-title').evaluate((title) => title.closest('td').clientWidth);
    assert.ok(width >= 220, `the title has ${width} px at ${size.width}`);
  }
  await page.setViewportSize(SIZES[0]);
  const link = firstRow(page).locator('a[href^="/incidents/"]');
  assert.match(await link.innerText(), /^\d{4}-\d{4}$/);
}

/** What comes while one reads waits above the list, which does not move. */
async function arrivesLive(page) {
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const marked = await rows(page).nth(2).getAttribute('data-row-key');
  await page.waitForFunction((key) => document.activeElement?.getAttribute('data-row-key') === key, marked);
  const before = await rows(page).evaluateAll((all) => all.map((row) => row.dataset.rowKey));
  await page.evaluate(() => document.getElementById('main').scrollTo({ top: 60 }));
  const scrolled = await page.evaluate(() => document.getElementById('main').scrollTop);
  const place = () => page.locator(`[data-row-key="${marked}"]`).evaluate((row) => row.getBoundingClientRect().top);
  const stood = await place();
  await attack(['web-a01', 'web-a02', 'web-a03']);
  await byId(page, 'news').waitFor();
  await eventually(async () => assert.match(await byId(page, 'news').innerText(), /^3 /));
  await shoot(page, 'alerts-news');
  assert.deepEqual(await rows(page).evaluateAll((all) => all.map((row) => row.dataset.rowKey)), before, 'the list moved');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-row-key')), marked, 'the focus went');
  assert.equal(await page.evaluate(() => document.getElementById('main').scrollTop), scrolled, 'the page scrolled');
  assert.equal(await place(), stood, 'the row moved');
  await page.keyboard.press('n');
  await byId(page, 'up-to-date').waitFor();
  const after = await rows(page).evaluateAll((all) => all.map((row) => row.dataset.rowKey));
  assert.deepEqual(after.slice(3), before, 'what was there is elsewhere');
  const hosts = await Promise.all([0, 1, 2].map((at) => rows(page).nth(at).innerText()));
  assert.deepEqual(hosts.map((text) => /web-a0\d/.exec(text)?.[0]).sort(), ['web-a01', 'web-a02', 'web-a03']);
}

/** Opens, decides and goes on, by the keyboard alone. */
async function byKeyboard(page) {
  await firstRow(page).focus();
  await page.keyboard.press('Enter');
  await byId(page, 'alert-detail').waitFor();
  await byId(page, 'case-facts').locator('a[href^="/incidents/"]').waitFor();
  await isAccessible(page, 'alert');
  await page.keyboard.press('a');
  await byId(page, 'undo').waitFor();
  await eventually(async () => assert.match(await firstRow(page).innerText(), /处置中|Acknowledged/));
  await byId(page, 'undo').click();
  await eventually(async () => assert.doesNotMatch(await firstRow(page).innerText(), /处置中|Acknowledged/));
  const one = page.url();
  await page.keyboard.press('j');
  await page.waitForURL((url) => url.href !== one);
  await page.keyboard.press('Escape');
  await byId(page, 'alert-detail').waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await byId(page, 'key-help').waitFor();
  await shoot(page, 'alerts-keys');
  await page.keyboard.press('Escape');
  await byId(page, 'key-help').waitFor({ state: 'hidden' });
}

const statuses = (page, keys) =>
  Promise.all(keys.map((key) => page.locator(`[data-row-key="${key}"] .status`).innerText()));

/** Several are closed at once, and are open again by one click. */
async function manyAtOnce(page) {
  const keys = [];
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('data-row-key'));
  const move = async (key) => {
    const was = await focused();
    await page.keyboard.press(key);
    await page.waitForFunction((row) => document.activeElement.getAttribute('data-row-key') !== row, was);
  };
  await firstRow(page).focus();
  await move('j');
  await move('k');
  for (let i = 0; i < 3; i++) {
    keys.push(await focused());
    await page.keyboard.press('x');
    await move('j');
  }
  assert.equal(new Set(keys).size, 3, 'x or j does not go on');
  await byId(page, 'bulk').waitFor();
  assert.match(await byId(page, 'bulk').innerText(), /3/);
  await shoot(page, 'alerts-bulk');
  await isAccessible(page, 'alerts with some chosen');
  const before = await statuses(page, keys);
  await byId(page, 'bulk-closed').click();
  await byId(page, 'bulk').waitFor({ state: 'detached' });
  await eventually(async () => assert.deepEqual(new Set(await statuses(page, keys)).size, 1));
  assert.match((await statuses(page, keys))[0], /已关闭|Closed/);
  await shoot(page, 'alerts-bulk-done');
  await byId(page, 'undo').click();
  await eventually(async () => assert.deepEqual(await statuses(page, keys), before));

  // One rule's, to oneself; the incidents say so.
  await firstRow(page).getByRole('checkbox').click();
  await byId(page, 'choose-more').click();
  await page.getByRole('menuitem', { name: /^(同规则|Of one rule)/ }).first().click();
  await shoot(page, 'alerts-assign');
  await byId(page, 'bulk-assign').click();
  await page.getByRole('menuitem', { name: /^(给我|To me)/ }).click();
  await byId(page, 'bulk').waitFor({ state: 'detached' });
  await page.goto(`${BASE}/alerts?assignee=${USER}`);
  await eventually(async () => assert.ok((await rows(page).count()) >= 3, 'nothing is assigned'));
}

/** Filters without a place of their own, and the words where nothing matches. */
async function filters(page) {
  await byId(page, 'more-filters').click();
  await page.locator('#filter-source').fill('192.0.2.254');
  await shoot(page, 'alerts-filters');
  await page.locator('#filter-source').press('Enter');
  await page.waitForURL(/source_ip=192\.0\.2\.254/);
  await byId(page, 'empty').waitFor();
  await shoot(page, 'alerts-empty');
  await byId(page, 'clear-all').click();
  await page.waitForURL((url) => !url.search.includes('source_ip'));
  await firstRow(page).waitFor();
}

async function openViews(page) {
  if (!(await byId(page, 'view-menu').isVisible())) await byId(page, 'views').click();
  await byId(page, 'view-menu').waitFor();
}

async function removeView(page) {
  await byId(page, 'view-more').click();
  await page.getByRole('menuitem', { name: /^(删除|Delete)/ }).click();
  await byId(page, 'undo').waitFor();
  await openViews(page);
  await byId(page, 'view').waitFor({ state: 'detached' });
}

/** What the page shows is kept under a name, found again, begun with, and removed. */
async function savedView(page) {
  await page.goto(`${BASE}/alerts?level=critical%2Chigh&status=new&from=-7d`);
  await firstRow(page).waitFor();
  await openViews(page);
  await byId(page, 'save-view').click();
  await byId(page, 'view-name').fill('未处理的高危告警');
  await page.getByRole('checkbox', { name: /^(设为默认|Begin this page)/ }).check();
  await shoot(page, 'alerts-save-view');
  await byId(page, 'view-name').press('Enter');
  await eventually(async () => assert.match(await byId(page, 'views').innerText(), /未处理的高危告警/));
  await page.goto(`${BASE}/alerts`);
  await page.waitForURL(/level=critical%2Chigh/);
  await openViews(page);
  await byId(page, 'view').waitFor();
  await shoot(page, 'alerts-views');
  await isAccessible(page, 'saved views');
  await removeView(page);
  await byId(page, 'undo').click();
  await openViews(page);
  await byId(page, 'view').waitFor();
  await removeView(page);
  await page.goto(`${BASE}/alerts`);
  await firstRow(page).waitFor();
  assert.equal(new URL(page.url()).search, '', 'the page begins with a view that is gone');
}

/** The raw line with its proof, which can be taken away. */
async function proof(page) {
  await page.goto(`${BASE}/alerts`);
  await rows(page).nth(4).click();
  await byId(page, 'prove').waitFor();
  const save = byId(page, 'proof-save');
  await eventually(async () => {
    if (!(await save.isVisible())) await byId(page, 'prove').click({ timeout: 1000 });
    await save.waitFor({ timeout: 3000 });
  }, 90_000);
  await save.scrollIntoViewIfNeeded();
  await shoot(page, 'alert-proof');
  const [file] = await Promise.all([page.waitForEvent('download'), save.click()]);
  await file.saveAs(WANGLOU_PROOF);
  await page.keyboard.press('Escape');
}

/** Two pages of one browser hold one stream; what is done in one is seen in the other. */
async function twoPages(page) {
  const other = await page.context().newPage();
  await other.goto(`${BASE}/alerts`);
  await firstRow(other).waitFor();
  const key = await keyOf(firstRow(page));
  await firstRow(other).click();
  await byId(other, 'do-acknowledged').click();
  await eventually(async () => assert.match((await statuses(page, [key]))[0], /处置中|Acknowledged/));
  await byId(other, 'undo').click();
  await other.close();
}

/** Core goes and comes back: the page says that it asks by itself, then that it is told again. */
async function serverAway(page) {
  await page.goto(`${BASE}/alerts`);
  await firstRow(page).waitFor();
  expectComplaint(/net::ERR_|status of 50[234]/);
  process.kill(Number(WANGLOU_CORE), 'SIGKILL');
  await byId(page, 'polling').waitFor();
  await shoot(page, 'alerts-polling');
  await byId(page, 'polling').waitFor({ state: 'detached', timeout: 60_000 });
  await attack(['web-b01']);
  await byId(page, 'news').waitFor();
  await page.keyboard.press('n');
  await eventually(async () => assert.match(await firstRow(page).innerText(), /web-b01/));
}

async function screens(page) {
  const listed = () => firstRow(page).waitFor();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.goto(`${BASE}/alerts`);
    await shootAll(page, 'alerts', listed);
    await rows(page).nth(3).click();
    await shootAll(page, 'alert', () => byId(page, 'alert-detail').waitFor());
  }
  await page.setViewportSize(SIZES[0]);
  await page.goto(`${BASE}/alerts`);
  await listed();
}

/** The session ends elsewhere: the page is told, and asks to sign in. */
async function sessionEnds(page) {
  await page.evaluate(async () => {
    const session = await (await fetch('/api/v1/session')).json();
    await fetch('/api/v1/session', { method: 'DELETE', headers: { 'X-CSRF-Token': session.csrf_token } });
  });
  await byId(page, 'sign-in').waitFor({ timeout: 20_000 });
}

await walkThrough('console-alerts', [
  enter,
  titles,
  arrivesLive,
  byKeyboard,
  manyAtOnce,
  filters,
  savedView,
  proof,
  twoPages,
  serverAway,
  screens,
  sessionEnds,
]);
