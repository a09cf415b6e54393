// SPDX-License-Identifier: Apache-2.0
// The buttons of the log search that console-hunt.mjs leaves alone: columns, looks, the field panel, the menu of a value,
// the drawer's ways on, mistakes and examples of queries, the other formats of an export; SQL by table, again, and stopped;
// everything about an address. Variables as there.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { BASE, byId, eventually, signIn, walkThrough } from './browser.mjs';

const { WANGLOU_USER: USER, WANGLOU_PASSWORD: PASSWORD } = process.env;
const EVIL = 'host.name: evil';
const rows = (page) => page.locator('[data-testid="events"] [data-row-key]');
const head = (page) => page.locator('[data-testid="events"] .ant-table-thead').first();
const param = (page, name) => new URL(page.url()).searchParams.get(name) ?? '';
const becomes = (page, name, pattern) => eventually(() => assert.match(param(page, name), pattern));

async function open(page, more = '') {
  await page.goto(`${BASE}/events?from=-7d&q=${encodeURIComponent(EVIL)}${more}`);
  await eventually(async () => assert.equal(await rows(page).count(), 3));
}

async function enter(page) {
  await signIn(page, USER, PASSWORD);
}

async function columns(page) {
  await open(page);
  await byId(page, 'columns').click();
  const choice = page.locator('.column-choice');
  await choice.locator('input').fill('process.name');
  await page.locator('.ant-select-item-option[title]', { hasText: 'process.name' }).first().click();
  await becomes(page, 'columns', /process\.name/);
  await head(page).getByText('process.name').waitFor();
  await choice.getByText('恢复默认列').click();
  await eventually(() => assert.equal(param(page, 'columns'), ''));
  await page.keyboard.press('Escape');
}

/** By button and by key; what was chosen is kept for the next visit. */
async function looks(page) {
  await open(page);
  await page.locator('.ant-segmented-item', { hasText: '换行' }).click();
  await page.reload();
  await eventually(async () => assert.match(await page.locator('.ant-segmented-item-selected').last().innerText(), /换行/));
  await page.locator('.ant-segmented-item', { hasText: '紧凑' }).click();
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('w');
  await eventually(async () => assert.match(await page.locator('.ant-segmented-item-selected').last().innerText(), /宽松/));
  await page.keyboard.press('f');
  await byId(page, 'field-panel').waitFor({ state: 'detached' });
  await page.keyboard.press('f');
  await byId(page, 'field-panel').waitFor();
}

async function fieldPanel(page) {
  await open(page);
  const panel = byId(page, 'field-panel');
  await panel.getByRole('textbox', { name: '查找字段' }).fill('event.outcome');
  await panel.getByRole('button', { name: '将 event.outcome 设为列' }).click();
  await becomes(page, 'columns', /event\.outcome/);
  await panel.getByRole('textbox', { name: '查找字段' }).fill('user.name');
  await panel.getByRole('button', { name: '按 user.name 分色' }).click();
  await becomes(page, 'by', /user\.name/);
  await byId(page, 'field-user.name').click();
  await byId(page, 'field-statistics').getByRole('button', { name: /排除：=cmd/ }).click();
  await eventually(async () => assert.equal(await rows(page).count(), 2));
  assert.match(param(page, 'q'), /not user\.name: "=cmd\|calc"/);
}

/** The menu of a value in the list. */
async function valueMenu(page) {
  const choose = async (name) => {
    await rows(page).filter({ hasText: '198.18.7.66' }).first().getByRole('button', { name: '198.18.7.66' }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  await open(page, '&columns=source.ip');
  await choose('加入筛选');
  await becomes(page, 'q', /host\.name: evil and source\.ip: "?198\.18\.7\.66/);
  await choose('单独检索此值');
  await eventually(() => assert.match(param(page, 'q'), /^source\.ip: "?198\.18\.7\.66"?$/));
  await open(page, '&columns=source.ip');
  await choose('筛选有此字段的');
  await becomes(page, 'q', /source\.ip: \*/);
  await choose('排除此值');
  await page.getByText('没有匹配的日志。').waitFor();
}

async function drawer(page) {
  await open(page);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await byId(page, 'event-detail').waitFor();
  const first = param(page, 'event');
  await page.getByRole('button', { name: /下一/ }).click();
  await eventually(() => assert.notEqual(param(page, 'event'), first));
  await page.getByRole('button', { name: /上一/ }).click();
  await eventually(() => assert.equal(param(page, 'event'), first));
  await byId(page, 'around-source.ip').click();
  await becomes(page, 'q', /^source\.ip/);
  await becomes(page, 'from', /^\d{4}-/);
}

async function queries(page) {
  await page.goto(`${BASE}/events?from=-7d`);
  await byId(page, 'query').fill('source.ip: (');
  await page.keyboard.press('Escape');
  await byId(page, 'search').click();
  await byId(page, 'query-mistake').waitFor();
  await byId(page, 'query-help').click();
  const example = page.locator('.ant-popover:visible').getByRole('button').first();
  const text = (await example.innerText()).trim();
  await example.click();
  await eventually(() => assert.equal(param(page, 'q'), text));
  await byId(page, 'query-mistake').waitFor({ state: 'detached' });
  await open(page);
  await page.getByRole('link', { name: '据此写规则' }).click();
  await page.waitForURL(/\/rules\/new/);
}

async function formats(page) {
  await open(page, '&columns=user.name');
  for (const format of ['NDJSON', 'XLSX']) {
    await byId(page, 'export').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(format, { exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.locator('.ant-modal-footer .ant-btn-primary').click(),
    ]);
    const bytes = await readFile(await download.path());
    if (format === 'XLSX') assert.equal(bytes.subarray(0, 2).toString(), 'PK');
    else assert.equal(bytes.toString().trim().split('\n').map((line) => JSON.parse(line)).length, 3);
    if (await dialog.isVisible()) await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  }
}

/** A statement is put together from the tables, run, found again among those that were, and never run by a link. */
async function sql(page) {
  await page.goto(`${BASE}/sql?q=${encodeURIComponent('SELECT 7 AS seven')}`);
  const input = byId(page, 'sql-query');
  await eventually(async () => assert.equal(await input.inputValue(), 'SELECT 7 AS seven'));
  await page.getByText('写一条 SELECT，或选一个示例。').waitFor();
  await input.fill('SELECT count() FROM');
  await page.getByRole('textbox', { name: '查找字段' }).fill('host_name');
  await page.locator('.sql-side').getByRole('button', { name: /host_name/ }).first().click();
  assert.match(await input.inputValue(), /FROM host_name$/);
  await input.fill("SELECT count() AS n FROM events WHERE host_name = 'evil'");
  await byId(page, 'sql-run').click();
  await eventually(async () => assert.match(await byId(page, 'sql-rows').innerText(), /3/));
  await input.fill('');
  await page.getByRole('tab', { name: '最近执行' }).click();
  await page.locator('.sql-queries button').first().click();
  assert.match(await input.inputValue(), /host_name = 'evil'/);
  await input.fill('SELECT sum(sipHash64(number)) FROM numbers(100000000000)');
  await byId(page, 'sql-run').click();
  const stop = byId(page, 'sql-stop');
  const refused = byId(page, 'sql-mistake');
  await stop.or(refused).first().waitFor();
  if (await stop.isVisible()) await stop.click({ timeout: 2000 }).catch(() => {});
  await refused.or(page.getByText('已停止等待')).first().waitFor();
}

async function everythingAbout(page) {
  await page.goto(`${BASE}/entity/ip/198.18.7.66?from=-7d`);
  await byId(page, 'entity-events').getByText('3').waitFor();
  await byId(page, 'unregistered').getByRole('link', { name: '登记为资产' }).waitFor();
  await page.getByText('24 小时', { exact: true }).click();
  await eventually(() => assert.notEqual(param(page, 'from'), '-7d'));
  await page.getByRole('link', { name: '在日志检索中打开' }).click();
  await page.waitForURL(/\/events\?/);
  await eventually(async () => assert.equal(await rows(page).count(), 3));
  await page.goto(`${BASE}/entity/planet/mars`);
  await page.getByText('对象是地址、账号、主机、文件哈希或域名').waitFor();
}

walkThrough('console-hunt-actions', [
  enter,
  columns,
  looks,
  fieldPanel,
  valueMenu,
  drawer,
  queries,
  formats,
  sql,
  everythingAbout,
]);
