// SPDX-License-Identifier: Apache-2.0
// The register in a real browser: the tree and the list, one asset and what the events say of it, an edit with a
// reason and its history, an import with an error and a conflict that is taken back, something unregistered that is
// registered; then the same as the responsible person of one unit. Variables as in console.mjs; WANGLOU_DEAN: the
// password of that person, WANGLOU_UNIT: the unit, WANGLOU_WORK: a folder for files.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE, byId, eventually, isAccessible, shoot, shootAll, signIn, SIZES, walkThrough } from './browser.mjs';

const { WANGLOU_PASSWORD, WANGLOU_DEAN, WANGLOU_UNIT, WANGLOU_WORK } = process.env;
const ASSET = '教务管理系统';
const LINE = '第一教学楼门禁';

/** What one step leaves for those behind it. */
const kept = { asset: '', before: '' };

const rows = (page) => byId(page, 'assets').locator('.ant-table-row');
const save = (page) => byId(page, 'save').click();
const drawer = (page) => page.locator('.ant-drawer-content-wrapper').last();
const closed = (page) => page.locator('.ant-drawer-content-wrapper').waitFor({ state: 'hidden' });

async function shootSizes(page, name, ready) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await shootAll(page, name, ready);
  }
  await page.setViewportSize(SIZES[0]);
}

/** What would not outlive a reload. */
async function shootHere(page, name) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await shoot(page, name);
  }
  await page.setViewportSize(SIZES[0]);
}

async function enter(page) {
  await signIn(page, 'security', WANGLOU_PASSWORD);
}

async function treeAndList(page) {
  await page.goto(`${BASE}/assets`);
  await rows(page).first().waitFor();
  const all = Number((await page.locator('.unit-all .unit-count').innerText()).replaceAll(',', ''));
  assert.ok(all > 190, `${all} assets`);
  await isAccessible(page, 'assets');
  await shootSizes(page, 'assets', () => rows(page).first().waitFor());
  // A unit's number counts what lies below, and the list then has as many.
  const unit = byId(page, `unit-${WANGLOU_UNIT}`);
  const count = Number(await unit.locator('.unit-count').innerText());
  await unit.click();
  await eventually(async () => assert.equal(await page.locator('.table-foot').innerText(), `共 ${count} 项`));
  assert.match(page.url(), new RegExp(`unit=${WANGLOU_UNIT}`));
  await page.locator('.unit-all').click();
  // By keyboard: the tree has one place in the order of tabs, arrows move in it.
  await page.getByRole('tree').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await eventually(() => assert.match(page.url(), /unit=\d+/));
  await page.locator('.unit-all').click();
}

async function searchAndFilter(page) {
  await byId(page, 'assets-search').locator('input').fill('10.1.0.30');
  await byId(page, 'assets-search').locator('input').press('Enter');
  await eventually(async () => assert.equal(await rows(page).count(), 1));
  await page.reload();
  await eventually(async () => assert.equal(await rows(page).count(), 1));
  await page.goto(`${BASE}/assets?exposure=internet&criticality=critical`);
  await eventually(async () => {
    const texts = await rows(page).allInnerTexts();
    assert.ok(texts.length > 0 && texts.every((text) => /互联网/.test(text) && /核心/.test(text)), texts.join('\n'));
  });
  await page.getByRole('link', { name: ASSET, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: ASSET }).waitFor();
  kept.asset = new URL(page.url()).pathname;
}

async function oneAsset(page) {
  await page.reload(); // a page below /assets, where the built files are
  await page.getByRole('heading', { level: 1, name: ASSET }).waitFor();
  assert.equal(await page.locator('a[href^="tel:010"]').first().getAttribute('href'), 'tel:01055551018');
  await byId(page, 'incidents-of').locator('li').first().waitFor();
  await page.getByText('暂无漏洞数据来源。').waitFor();
  await page.getByText('沿革', { exact: true }).click();
  await page.locator('.lane-bar').first().waitFor();
  await isAccessible(page, 'asset');
  await shootSizes(page, 'asset', () => byId(page, 'incidents-of').locator('li').first().waitFor());
}

/** A figure and the search that it leads to count the same. */
async function network(page) {
  await page.goto(`${BASE}${kept.asset}?tab=network`);
  const panel = page.locator('.panel', { has: byId(page, 'exposure') });
  const link = panel.locator('tbody .ant-table-row').first().locator('td').nth(1).locator('a');
  await link.waitFor();
  await page.locator('.panel', { has: byId(page, 'sources') }).locator('tbody .ant-table-row').first().waitFor();
  await isAccessible(page, 'asset-network');
  await shootSizes(page, 'asset-network', () => link.waitFor());
  const count = (await link.innerText()).trim();
  await link.click();
  await byId(page, 'events').waitFor();
  await eventually(async () => assert.match(await page.locator('.table-foot, .events').first().innerText(), new RegExp(count)));
  await page.goBack();
  await link.waitFor();
}

async function addresses(page) {
  await page.goto(`${BASE}${kept.asset}?tab=addresses`);
  await page.getByText(/没有该地址的分配记录|10\.1\.0\.30/).first().waitFor();
  await isAccessible(page, 'asset-addresses');
}

async function editWithReason(page) {
  kept.before = new Date().toISOString();
  await page.goto(`${BASE}${kept.asset}`);
  await byId(page, 'edit').click();
  await drawer(page).locator('#purpose').fill('选课、排课、成绩与学籍');
  await drawer(page).locator('#addresses').fill('10.1.0.30\nten.one');
  await save(page);
  // What the server refuses stands at its field.
  await drawer(page).locator('.ant-form-item', { has: page.locator('#addresses') }).locator('.ant-form-item-explain-error').waitFor();
  await drawer(page).locator('#addresses').fill('10.1.0.30');
  await drawer(page).getByText('指定时间').click();
  const day = drawer(page).locator('input[data-testid="day-time"], [data-testid="day-time"] input').first();
  await day.click();
  await day.fill('2026-10-01 08:00');
  await day.press('Enter');
  await save(page);
  await drawer(page).getByText('更正过去的记录须写明原因').waitFor();
  await isAccessible(page, 'asset-form');
  await drawer(page).locator('#reason').fill('十月起并入学籍管理');
  await shootHere(page, 'asset-form');
  await save(page);
  await closed(page);
  await page.getByText('选课、排课、成绩与学籍').first().waitFor();
  await page.goto(`${BASE}${kept.asset}?tab=history`);
  const first = byId(page, 'history').locator('li').first();
  await first.getByText('十月起并入学籍管理').waitFor();
  await first.getByText('选课、排课与成绩', { exact: true }).waitFor();
  await isAccessible(page, 'asset-history');
  await shootSizes(page, 'asset-history', () => first.locator('ins').waitFor());
}

/** As it was, and as was known before the correction. */
async function asOf(page) {
  const before = '2026-10-02T00:00:00Z';
  await page.goto(`${BASE}${kept.asset}?at=${before}`);
  await page.getByText('选课、排课、成绩与学籍').first().waitFor();
  assert.equal(await byId(page, 'edit').count(), 0, 'the past can be edited');
  await page.goto(`${BASE}${kept.asset}?at=${before}&known=${kept.before}`);
  await page.getByText('选课、排课与成绩', { exact: true }).waitFor();
  await shootSizes(page, 'asset-as-known', () => byId(page, 'as-of-now').waitFor());
  await byId(page, 'as-of-now').click();
  await byId(page, 'edit').waitFor();
}

async function duty(page) {
  await page.goto(`${BASE}${kept.asset}`);
  await byId(page, 'add-duty').click();
  await drawer(page).locator('#person').fill('陈雨桐');
  await page.locator('.ant-select-item-option', { hasText: '陈雨桐' }).first().click();
  await save(page);
  await closed(page);
  const panel = page.locator('.panel', { has: byId(page, 'add-duty') });
  await eventually(async () => assert.match(await panel.locator('tbody').innerText(), /系统负责人\s*陈雨桐/));
  await panel.getByText(/沿革（含往任 1）/).click();
  await page.locator('.lane-past').first().waitFor();
  await shootSizes(page, 'asset-duties', async () => {
    await page.getByText(/沿革（含往任 1）|Over time \(1 past\)/).click();
    await page.locator('.lane-past').first().waitFor();
  });
}

async function unitsAndPeople(page) {
  await page.goto(`${BASE}/units`);
  await byId(page, 'units').getByRole('link', { name: '教务处', exact: true }).waitFor();
  await isAccessible(page, 'units');
  await shootSizes(page, 'units', () => byId(page, 'units').locator('tbody a').first().waitFor());
  await byId(page, 'units').getByRole('link', { name: '教务处', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: '教务处' }).waitFor();
  await isAccessible(page, 'unit');
  await shootSizes(page, 'unit', () => page.locator('h1').waitFor());
  await page.goto(`${BASE}/people`);
  await byId(page, 'people-search').locator('input').fill('罗书瑶');
  await byId(page, 'people-search').locator('input').press('Enter');
  await eventually(async () => assert.equal(await byId(page, 'people').locator('.ant-table-row').count(), 1));
  assert.doesNotMatch(await byId(page, 'people').innerText(), /010-5555/, 'a telephone number is in the list');
  await isAccessible(page, 'people');
  await shootSizes(page, 'people', () => byId(page, 'people').locator('tbody a').first().waitFor());
  await byId(page, 'people').getByRole('link', { name: '罗书瑶' }).click();
  await byId(page, 'incidents-of').getByRole('link').first().waitFor();
  await isAccessible(page, 'person');
  await shootSizes(page, 'person', () => page.locator('h1').waitFor());
}

async function table(name, lines) {
  const path = join(WANGLOU_WORK, name);
  await writeFile(path, `资产名称,资产类型,地址,所属单位,用途\n${lines.join('\n')}\n`);
  return path;
}

const choose = (page, path) => byId(page, 'import-file').setInputFiles(path);

async function importTable(page) {
  await page.goto(`${BASE}/assets/import`);
  await byId(page, 'template').waitFor();
  await isAccessible(page, 'import');
  await shootSizes(page, 'import', () => byId(page, 'template').waitFor());
  const good = `${LINE},主机,10.99.8.1,教务处,门禁`;
  await choose(page, await table('wrong.csv', [good, '第二教学楼门禁,主机,10.99.8.2,教务教务处,门禁', `${ASSET},信息系统,10.1.0.30,教务处,选课`]));
  await byId(page, 'import-refused').waitFor();
  const list = byId(page, 'import-rows');
  await list.getByText('台账中没有单位“教务教务处”：请先导入，或填写单位代码').waitFor();
  assert.ok(await byId(page, 'import-confirm').isDisabled(), 'a table with an error can be imported');
  await isAccessible(page, 'import-check');
  await page.getByText(/^冲突 1$/).click();
  await list.getByText('选课、排课、成绩与学籍').waitFor();
  await shootHere(page, 'import-conflict');
  await list.getByText('留台账').click();
  await page.getByText('换一个文件').click();
  await choose(page, await table('right.csv', [good]));
  await byId(page, 'import-ready').waitFor();
  await byId(page, 'import-confirm').click();
  await byId(page, 'import-done').waitFor();
  await page.goto(`${BASE}/assets?q=${encodeURIComponent(LINE)}`);
  await eventually(async () => assert.equal(await rows(page).count(), 1));
  await page.goto(`${BASE}/assets/import`);
  await page.locator('[data-testid^="undo-"]').first().click();
  await page.getByRole('dialog').getByRole('button', { name: '撤回' }).click();
  await page.getByText(/security 已撤回/).waitFor();
  await page.goto(`${BASE}/assets?q=${encodeURIComponent(LINE)}`);
  await page.getByText('没有符合条件的记录。请放宽条件。').waitFor();
}

async function registerUnregistered(page) {
  await page.goto(`${BASE}/assets/unregistered`);
  const button = byId(page, 'register-10.99.7.7');
  await button.waitFor();
  const row = byId(page, 'unregistered').locator('.ant-table-row', { has: button });
  assert.match(await row.innerText(), /教务处/);
  await isAccessible(page, 'unregistered');
  await shootSizes(page, 'unregistered', () => button.waitFor());
  await button.click();
  assert.equal(await drawer(page).locator('#addresses').inputValue(), '10.99.7.7');
  await drawer(page).locator('#name').fill('排课跳板机');
  await save(page);
  await closed(page);
  await button.waitFor({ state: 'detached' });
  await page.goto(`${BASE}/assets?q=10.99.7.7`);
  await rows(page).getByText('教务处').waitFor();
}

async function zombies(page) {
  await page.goto(`${BASE}/assets/zombies`);
  await page.getByText('观察时间还不够').waitFor();
  await isAccessible(page, 'zombies');
  await shootSizes(page, 'zombies', () => byId(page, 'empty').waitFor());
}

/** Somebody else was faster: the form says so and changes nothing. */
async function stale(page) {
  await page.goto(`${BASE}${kept.asset}`);
  await byId(page, 'edit').click();
  const other = await page.context().newPage();
  await other.goto(`${BASE}${kept.asset}`);
  await byId(other, 'edit').click();
  await drawer(other).locator('#note').fill('先改的人');
  await save(other);
  await closed(other);
  await other.close();
  await drawer(page).locator('#note').fill('后改的人');
  await save(page);
  await drawer(page).getByText(/刚被他人改过/).waitFor();
}

async function unitResponsible(page) {
  await page.context().clearCookies();
  await signIn(page, 'dean', WANGLOU_DEAN);
  await page.goto(`${BASE}/assets`);
  await rows(page).first().waitFor();
  const units = await rows(page).locator('a[href^="/units/"]').allInnerTexts();
  const own = await byId(page, 'unit-tree').locator('.unit-name').allInnerTexts();
  assert.equal(own[0], '教务处');
  assert.ok(own.length < 6 && units.length > 0 && units.every((name) => own.includes(name)), `${units} of ${own}`);
  assert.equal(await page.locator('.subnav a').count(), 1, 'sees pages of the centre');
  assert.equal(await byId(page, 'add-asset').count(), 0);
  await isAccessible(page, 'assets-own');
  await shootSizes(page, 'assets-own', () => rows(page).first().waitFor());
  await page.goto(`${BASE}${kept.asset}`);
  await page.getByRole('heading', { level: 1, name: ASSET }).waitFor();
  assert.equal(await page.locator('.subnav a').count(), 2, 'not overview and history alone');
  assert.equal(await byId(page, 'edit').count(), 0);
  await shootSizes(page, 'asset-own', () => page.locator('h1').waitFor());
  await page.goto(`${BASE}/units`);
  await byId(page, 'units').getByRole('link', { name: '教务处', exact: true }).waitFor();
  await page.goto(`${BASE}/people`);
  await byId(page, 'people').locator('.ant-table-row').first().waitFor();
}

walkThrough('console-assets', [
  enter,
  treeAndList,
  searchAndFilter,
  oneAsset,
  network,
  addresses,
  editWithReason,
  asOf,
  duty,
  unitsAndPeople,
  importTable,
  registerUnregistered,
  zombies,
  stale,
  unitResponsible,
]);
