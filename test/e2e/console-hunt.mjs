// SPDX-License-Identifier: Apache-2.0
// Walks through the hunt: search, fields, one event, everything about an address, SQL. The data are the drill's, and three
// lines of a host "evil" whose values would act if anything let them.
//
//	WANGLOU_USER, WANGLOU_PASSWORD   an analyst
//	WANGLOU_READER                   name:password of an account that may not ask in SQL
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { BASE, byId, eventually, isAccessible, shootAll, signIn, walkThrough } from './browser.mjs';

const { WANGLOU_USER: USER, WANGLOU_PASSWORD: PASSWORD, WANGLOU_READER: READER = '' } = process.env;
const EVIL = 'host.name: evil';
/** Nothing is being asked: a button that waits is paler than it is else. */
const settled = (page) => page.locator('.ant-btn-loading').waitFor({ state: 'detached' });
const rows = (page) => page.locator('[data-testid="events"] [data-row-key]');

async function enter(page) {
  await signIn(page, USER, PASSWORD);
}

async function search(page, query) {
  const input = byId(page, 'query');
  await input.fill(query);
  await input.press('Escape');
  await byId(page, 'search').click();
  await page.waitForURL((url) => (url.searchParams.get('q') ?? '') === query);
}

/** Names first, then values, then what joins them: all by keyboard. */
async function completes(page) {
  await page.goto(`${BASE}/events?from=-7d`);
  await rows(page).first().waitFor();
  const input = byId(page, 'query');
  await input.click();
  await input.pressSequentially('host.na');
  await page.getByRole('option').first().waitFor();
  await input.press('Tab');
  assert.equal(await input.inputValue(), 'host.name: ');
  await input.pressSequentially('evi');
  await page.getByRole('option').getByText('evil', { exact: true }).waitFor();
  await input.press('ArrowDown');
  await input.press('Enter');
  assert.equal(await input.inputValue(), 'host.name: "evil" ');
  await input.press('Escape');
  await input.press('Enter');
  await eventually(async () => assert.equal(await rows(page).count(), 3));
  await input.fill('');
  await input.press('ArrowDown');
  await page.getByRole('option').getByText('host.name: "evil"').waitFor();
  await input.press('Escape');
}

/** Values are text: nothing acts, hidden characters are seen. */
async function hostile(page) {
  await search(page, EVIL);
  await eventually(async () => assert.equal(await rows(page).count(), 3));
  const shown = await byId(page, 'events').innerText();
  assert.match(shown, /<img\/src=x/);
  assert.match(shown, /⟨U\+202E⟩/);
  assert.equal(await page.locator('[data-testid="events"] img').count(), 0);
}

async function fields(page) {
  await search(page, EVIL);
  await byId(page, 'field-user.name').click();
  const panel = byId(page, 'field-statistics');
  await panel.getByText(/100%/).first().waitFor();
  assert.match(await panel.innerText(), /=cmd\|calc/);
  await panel.getByRole('button', { name: /加入筛选：=cmd|Only =cmd/ }).click();
  await page.waitForURL((url) => url.searchParams.get('q')?.includes('=cmd|calc') ?? false);
  await eventually(async () => assert.equal(await rows(page).count(), 1));
}

async function histogram(page) {
  await page.goto(`${BASE}/events?from=-7d`);
  await rows(page).first().waitFor();
  await byId(page, 'histogram-by').click();
  await page.locator('.ant-select-item-option', { hasText: 'event.outcome' }).click();
  await byId(page, 'legend').getByText('failure').waitFor();
  const box = await page.locator('.histogram canvas').boundingBox();
  const before = page.url();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.98, box.y + 40, { steps: 8 });
  await page.mouse.up();
  await page.waitForURL((url) => /^\d{4}-/.test(url.searchParams.get('from') ?? ''));
  await byId(page, 'zoom-back').click();
  await page.waitForURL(before);
  await settled(page);
  await isAccessible(page, 'hunt');
  await shootAll(page, 'hunt', () => rows(page).first().waitFor());
}

/** j, Enter, the drawer; the menu of a value. */
async function oneEvent(page) {
  await page.goto(`${BASE}/events?from=-7d&q=${encodeURIComponent(EVIL)}`);
  await rows(page).first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const detail = byId(page, 'event-detail');
  await detail.waitFor();
  assert.match(page.url(), /event=\d+/);
  await byId(page, 'raw').waitFor();
  assert.match(await byId(page, 'around-host.name').getAttribute('href'), /from=.*q=host\.name/);
  await detail.getByText(/没有分配记录|no record of who/).first().waitFor();
  const first = page.url();
  await page.keyboard.press('j');
  await eventually(() => assert.notEqual(page.url(), first));
  await settled(page);
  await isAccessible(page, 'event');
  await shootAll(page, 'event', () => detail.waitFor());
  await page.keyboard.press('Escape');
  await detail.waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
}

async function exports(page) {
  await page.goto(`${BASE}/events?from=-7d&q=${encodeURIComponent(EVIL)}&columns=user.name`);
  await rows(page).first().waitFor();
  await byId(page, 'export').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('CSV').waitFor();
  await shootAll(page, 'export', async () => {
    await byId(page, 'export').click();
    await dialog.waitFor();
  });
  if (!(await dialog.isVisible())) await byId(page, 'export').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.locator('.ant-modal-footer .ant-btn-primary').click(),
  ]);
  assert.match(download.suggestedFilename(), /^wanglou-events-.*\.csv$/);
  const text = await readFile(await download.path(), 'utf8');
  assert.match(text, /"'=cmd\|calc"/);
  assert.equal(text.trim().split('\r\n').length, 4);
}

async function entity(page) {
  await page.goto(`${BASE}/events?from=-7d&q=${encodeURIComponent(EVIL)}&columns=source.ip`);
  await rows(page).first().getByRole('button', { name: '198.18.7.66' }).click();
  await page.getByRole('menuitem').getByRole('link', { name: /此对象的全部|Everything about it/ }).click();
  await page.waitForURL(/\/entity\/ip\/198\.18\.7\.66/);
  await byId(page, 'seen').waitFor();
  await byId(page, 'unregistered').waitFor();
  await byId(page, 'entity-events').getByText('3').waitFor();
  await page.getByRole('link', { name: /=cmd\|calc/ }).first().waitFor();
  await settled(page);
  await isAccessible(page, 'entity');
  await page.getByRole('link', { name: /=cmd\|calc/ }).first().click();
  await page.waitForURL(/\/entity\/user\//);
  await eventually(async () => assert.equal(await page.locator('h1').innerText(), '=cmd|calc'));
  await page.goto(`${BASE}/entity/nothing/x`);
  await byId(page, 'empty').waitFor();
}

/** One with much about it, for the pictures: who the alerts are about. Its address opens like any page's. */
async function richEntity(page) {
  const { alerts } = await page.evaluate(async () => (await fetch('/api/v1/alerts?from=-7d&limit=50')).json());
  const address = alerts.find(({ source_ip }) => source_ip)?.source_ip;
  await page.goto(`${BASE}/entity/ip/${address}`);
  await byId(page, 'entity-alerts').waitFor();
  await shootAll(page, 'entity', () => byId(page, 'entity-alerts').waitFor());
}

async function sql(page) {
  await page.goto(`${BASE}/sql`);
  await byId(page, 'sql-query').fill('SELECT user_name, count() AS n FROM events\nWHERE host_name = \'evil\' GROUP BY user_name');
  await page.keyboard.press('Control+Enter');
  await byId(page, 'sql-facts').waitFor();
  const shown = await byId(page, 'sql-rows').innerText();
  assert.match(shown, /<img\/src=x/);
  assert.match(shown, /⟨U\+202E⟩/);
  assert.equal(await page.locator('[data-testid="sql-rows"] img').count(), 0);
  const [download] = await Promise.all([page.waitForEvent('download'), byId(page, 'sql-csv').click()]);
  assert.match(await readFile(await download.path(), 'utf8'), /'=cmd\|calc/);
  await settled(page);
  await isAccessible(page, 'sql');
  await byId(page, 'sql-query').fill('SELECT 1\nFROM system.tables');
  await byId(page, 'sql-run').click();
  const mistake = byId(page, 'sql-mistake');
  await mistake.waitFor();
  assert.equal(await mistake.locator('mark').innerText(), 'system.tables');
  await page.getByRole('tab', { name: /示例|Examples/ }).click();
  await page.locator('.sql-queries button').first().click();
  await byId(page, 'sql-run').click();
  await eventually(async () => assert.match(await byId(page, 'sql-rows').innerText(), /203\.|10\.|\d+\.\d+\.\d+/));
  await shootAll(page, 'sql', async () => {
    await byId(page, 'sql-run').click();
    await byId(page, 'sql-facts').waitFor();
  });
}

/** Each example must work on what the store is. */
async function examples(page) {
  await page.goto(`${BASE}/sql`);
  await page.getByRole('tab', { name: /示例|Examples/ }).click();
  const count = await page.locator('.sql-queries button').count();
  assert.ok(count >= 5);
  for (let i = 0; i < count; i++) {
    await page.locator('.sql-queries button').nth(i).click();
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/api/v1/sql')),
      byId(page, 'sql-run').click(),
    ]);
    assert.equal(answer.status(), 200, await answer.text());
    await byId(page, 'sql-run').waitFor();
  }
}

async function notForAll(page) {
  const [user, password] = READER.split(':');
  await page.context().clearCookies();
  await signIn(page, user, password);
  assert.equal(await page.locator('nav a[href="/sql"]').count(), 0);
}

walkThrough('console-hunt', [enter, completes, hostile, fields, histogram, oneEvent, exports, entity, richEntity, sql, examples, notForAll]);
