// SPDX-License-Identifier: Apache-2.0
// What one can do in the register, each as a person does it: units are founded, moved, dissolved and taken back; people
// come and go; assets are added, filtered and ended; what is unregistered is ignored until a date; views are kept and
// shared. WANGLOU_PASSWORD: security's; WANGLOU_OTHER: name:password of another account; WANGLOU_WORK: a folder for files.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE, byId, eventually, expectComplaint, isAccessible, shoot, shootAll, signIn, walkThrough } from './browser.mjs';

const { WANGLOU_PASSWORD, WANGLOU_OTHER = '', WANGLOU_WORK } = process.env;
const UNIT = '实验动物中心';
const LAB = '动物房管理室';
const PERSON = '贺知新';
const ASSET = '饲养环境监测系统';

/** What one step leaves for those behind it: where things are. */
const at = { unit: '', lab: '', person: '', asset: '' };

const drawer = (page) => page.locator('.ant-drawer-content-wrapper').last();
const save = (page) => byId(page, 'save').click();
const closed = (page) => page.locator('.ant-drawer-content-wrapper').waitFor({ state: 'detached' });
const said = (page, text) => page.locator('.ant-message').getByText(text).first().waitFor();
const quiet = (page) => page.locator('.ant-message-notice').first().waitFor({ state: 'detached' });
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const fill = (page, id, text) => drawer(page).locator(`#${id}`).fill(text);
const undo = (page) => page.locator('.ant-message').getByTestId('undo').last().click();
const pathOf = (page) => new URL(page.url()).pathname;

/** What the form refuses, at its field, in the reader's language. */
async function refused(page, id, pattern) {
  const item = drawer(page).locator('.ant-form-item', { has: page.locator(`#${id}`) });
  await eventually(async () => assert.match(await item.locator('.ant-form-item-explain-error').first().innerText(), pattern));
}

async function saved(page) {
  await save(page);
  await closed(page);
}

async function choose(page, id, option) {
  await drawer(page).locator(`#${id}`).click();
  await page.locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).first().click();
}

/** In the tree of units. */
async function chooseUnit(page, id, name) {
  await drawer(page).locator(`#${id}`).click();
  await drawer(page).locator(`#${id}`).fill(name);
  await page.locator('.ant-select-tree-title', { hasText: name }).first().click();
}

/** Another time than now. */
async function when(page, time) {
  await drawer(page).getByText('指定时间').click();
  const input = drawer(page).locator('input[data-testid="day-time"], [data-testid="day-time"] input').first();
  await input.click();
  await input.fill(time);
  await input.press('Enter');
}

const localDay = (days) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);

async function enter(page) {
  await signIn(page, 'security', WANGLOU_PASSWORD);
}

/* --- units ------------------------------------------------------------------------------------------------ */

const listedUnit = (page, name) => byId(page, 'units').getByRole('link', { name, exact: true });

async function foundUnits(page) {
  await page.goto(`${BASE}/units`);
  await byId(page, 'add-unit').click();
  await save(page);
  await refused(page, 'name', /此项必填/);
  await fill(page, 'name', UNIT);
  await fill(page, 'code', 'L9');
  await choose(page, 'kind', '部门');
  await saved(page);
  await listedUnit(page, UNIT).click(); // the list is there without a reload
  await heading(page, UNIT);
  at.unit = pathOf(page);
  await byId(page, 'add-below').click();
  await fill(page, 'name', LAB);
  await fill(page, 'code', 'L9');
  await save(page);
  await refused(page, 'code', /已由单位 \d+ 使用/);
  await fill(page, 'code', 'L901');
  await saved(page);
  const below = page.locator('.panel', { hasText: '下级单位' }).getByRole('link', { name: LAB });
  await below.click();
  await heading(page, LAB);
  at.lab = pathOf(page);
  await page.locator('.crumbs').getByRole('link', { name: UNIT }).waitFor();
}

async function findUnits(page) {
  await page.goto(`${BASE}/units`);
  const search = byId(page, 'units-search').locator('input');
  await search.fill('L901');
  await search.press('Enter');
  await eventually(() => assert.match(page.url(), /q=L901/));
  await listedUnit(page, LAB).waitFor();
  await listedUnit(page, UNIT).waitFor(); // that it lies in
  await listedUnit(page, '教务处').waitFor({ state: 'detached' });
  await byId(page, 'units-search-clear').click();
  await listedUnit(page, '教务处').waitFor();
  assert.equal(await search.inputValue(), '', 'the words are still in the box');
}

/** Nothing is said where nothing was changed; a move into the past needs a reason, and the history tells it. */
async function moveUnit(page) {
  await page.goto(BASE + at.lab);
  await byId(page, 'edit').click();
  await saved(page);
  await said(page, '没有改动');
  await byId(page, 'edit').click();
  await chooseUnit(page, 'parent', '教务处');
  await saved(page);
  await page.locator('.crumbs').getByRole('link', { name: '教务处' }).waitFor();
  await byId(page, 'history').getByText('上级单位').first().waitFor();
  await byId(page, 'history').getByText('教务处').first().waitFor();
  // Not below what lies below it.
  await page.goto(BASE + at.unit);
  await page.getByText('没有下级单位。').waitFor();
}

/** The day before it was founded there was no such unit; the notice leads back. */
async function unitAsOf(page) {
  expectComplaint(/status of 404/);
  await page.goto(BASE + at.lab);
  await byId(page, 'as-of').click();
  const input = page.locator('.register-as-of').locator('input').first();
  await input.click();
  await input.fill(`${localDay(-1)} 08:00`);
  await input.press('Enter');
  await byId(page, 'as-of-show').click();
  await page.getByText(/没有找到|没有该.*的记录/).first().waitFor();
  await byId(page, 'as-of-now').click();
  await heading(page, LAB);
}

async function unitDuties(page) {
  await page.goto(BASE + at.lab);
  const duties = page.locator('.panel', { has: byId(page, 'add-duty') });
  const give = async (person, also) => {
    await byId(page, 'add-duty').click();
    await fill(page, 'person', person);
    await page.locator('.ant-select-item-option', { hasText: person }).first().click();
    if (also) await drawer(page).getByText('并列担任').click();
    await save(page);
  };
  await byId(page, 'add-duty').click();
  await save(page);
  await refused(page, 'person', /此项必填/);
  await page.keyboard.press('Escape');
  await closed(page);
  await give('陈雨桐');
  await closed(page);
  await duties.locator('tbody').getByText('陈雨桐').waitFor();
  await give('陈雨桐');
  await drawer(page).getByText(/同期已担任此职责/).waitFor();
  await page.keyboard.press('Escape');
  await closed(page);
  await give('罗书瑶', true);
  await closed(page);
  await eventually(async () => assert.equal(await duties.locator('tbody .ant-table-row').count(), 2));
  await duties.locator('tbody tr', { hasText: '罗书瑶' }).getByRole('button', { name: '卸任' }).click();
  await saved(page);
  await eventually(async () => assert.equal(await duties.locator('tbody .ant-table-row').count(), 1));
  await said(page, '已终止');
  await undo(page);
  await eventually(async () => assert.equal(await duties.locator('tbody .ant-table-row').count(), 2));
}

/** What still belongs to it is said; it can be taken back at once, or later with a reason. */
async function dissolveUnit(page) {
  await page.goto(BASE + at.unit);
  await byId(page, 'add-below').click();
  await fill(page, 'name', '隔离检疫室');
  await saved(page);
  await byId(page, 'close').click();
  await drawer(page).getByText(`撤销单位：${UNIT}`).waitFor();
  await saved(page);
  await said(page, /名下仍有单位 1 项/);
  await byId(page, 'ended').waitFor();
  assert.equal(await byId(page, 'edit').count() + (await byId(page, 'add-duty').count()), 0, 'what is over can be changed');
  await isAccessible(page, 'unit-ended');
  await shootAll(page, 'unit-ended', () => byId(page, 'ended').waitFor());
  await page.goto(BASE + at.unit);
  await byId(page, 'reopen').click();
  await saved(page);
  await byId(page, 'edit').waitFor();
  await byId(page, 'close').click();
  await saved(page);
  await undo(page);
  await byId(page, 'edit').waitFor();
  assert.equal(await byId(page, 'ended').count(), 0);
}

/* --- people ----------------------------------------------------------------------------------------------- */

const listedPerson = (page) => byId(page, 'people').getByRole('link', { name: PERSON, exact: true });

async function people(page) {
  await page.goto(`${BASE}/people`);
  await byId(page, 'add-person').click();
  await fill(page, 'name', PERSON);
  await fill(page, 'number', '20269901');
  await fill(page, 'mail', 'no mail');
  await chooseUnit(page, 'unit', UNIT);
  await save(page);
  await refused(page, 'mail', /不是邮箱地址/);
  await fill(page, 'mail', 'he@example.edu.cn');
  await saved(page);
  const search = byId(page, 'people-search').locator('input');
  await search.fill('20269901');
  await search.press('Enter');
  await listedPerson(page).waitFor();
  await byId(page, 'people-search-clear').click();
  await eventually(async () => assert.ok((await byId(page, 'people').locator('.ant-table-row').count()) > 5));
  await byId(page, 'add-person').click();
  await fill(page, 'name', '同号');
  await fill(page, 'number', '20269901');
  await save(page);
  await refused(page, 'number', /已由人员 \d+ 使用/);
  await page.keyboard.press('Escape');
  await closed(page);
  await page.goto(`${BASE}/people?q=20269901`);
  await listedPerson(page).click();
  await heading(page, PERSON);
  at.person = pathOf(page);
  await byId(page, 'edit').click();
  await fill(page, 'phone', '010-55550000');
  await saved(page);
  assert.equal(await page.locator('a[href^="tel:010"]').first().getAttribute('href'), 'tel:01055550000');
}

async function personLeaves(page) {
  await page.goto(BASE + at.unit);
  await byId(page, 'add-duty').click();
  await fill(page, 'person', PERSON);
  await page.locator('.ant-select-item-option', { hasText: PERSON }).first().click();
  await saved(page);
  await page.goto(BASE + at.person);
  await page.getByText(UNIT).first().waitFor();
  await byId(page, 'close').click();
  await drawer(page).getByText(`${PERSON} 离任`).waitFor();
  await when(page, `${localDay(-1)} 09:00`);
  await save(page);
  await refused(page, 'reason', /须写明原因|请填写理由/);
  await drawer(page).getByText('现在起').click();
  await saved(page);
  await said(page, /同时终止了 1 项职责/);
  await byId(page, 'ended').waitFor();
  await page.goto(`${BASE}/people?q=20269901`);
  await page.getByText('没有符合条件的记录').waitFor();
  await page.goto(BASE + at.person);
  await byId(page, 'reopen').click();
  await saved(page);
  await byId(page, 'edit').waitFor();
}

/* --- assets ----------------------------------------------------------------------------------------------- */

const rows = (page) => byId(page, 'assets').locator('.ant-table-row');

async function addAsset(page) {
  await page.goto(`${BASE}/assets?unit=${at.unit.split('/')[2]}`);
  await page.getByText('没有符合条件的记录').waitFor();
  await byId(page, 'add-asset').click();
  await fill(page, 'name', ASSET);
  await choose(page, 'kind', '信息系统');
  await choose(page, 'criticality', '高');
  await choose(page, 'exposure', '校园网');
  await choose(page, 'mlps_level', '第二级');
  await fill(page, 'addresses', '10.98.1.1');
  await fill(page, 'macs', 'zz');
  await save(page);
  await refused(page, 'macs', /“zz”不是 MAC 地址/);
  await fill(page, 'macs', '');
  await saved(page);
  await eventually(async () => assert.equal(await rows(page).count(), 1));
  const row = await rows(page).first().innerText();
  for (const word of [ASSET, '信息系统', '高', '校园网', '第二级', '在用', UNIT]) assert.ok(row.includes(word), `${word} in ${row}`);
  await rows(page).getByRole('link', { name: ASSET }).click();
  await heading(page, ASSET);
  at.asset = pathOf(page);
}

/** An address that another has is kept and said; the list follows each of its filters. */
async function filterAssets(page) {
  await page.goto(`${BASE}/assets`);
  await byId(page, 'add-asset').click();
  await fill(page, 'name', '备机');
  await fill(page, 'addresses', '10.98.1.1');
  await saved(page);
  await said(page, /同期也登记了.*10\.98\.1\.1/);
  const narrow = async (label, option, name) => {
    await page.locator('.filters').getByRole('combobox', { name: label }).click();
    await page.locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).first().click();
    await eventually(() => assert.ok(new URL(page.url()).searchParams.get(name), `${name} is not in the address`));
    await page.keyboard.press('Escape');
  };
  await narrow('类型', '信息系统', 'kind');
  await narrow('重要程度', '高', 'criticality');
  await narrow('等保级别', '第二级', 'mlps');
  await narrow('开放范围', '校园网', 'exposure');
  await narrow('状态', '在用', 'life');
  const search = byId(page, 'assets-search').locator('input');
  await search.fill('10.98.1.1');
  await search.press('Enter');
  await eventually(async () => {
    assert.equal(await rows(page).count(), 1);
    assert.match(await rows(page).innerText(), new RegExp(ASSET));
  });
  const url = new URL(page.url());
  assert.deepEqual(
    ['kind', 'criticality', 'mlps', 'exposure', 'life', 'q'].map((name) => url.searchParams.get(name)),
    ['information_system', 'high', '2', 'campus', 'in_service', '10.98.1.1'],
  );
  await byId(page, 'assets-search-clear').click();
  await eventually(() => assert.equal(new URL(page.url()).search, ''));
}

/** 双非, 僵尸, and ended: each is seen in the list and can be taken back. */
async function lifeOfAsset(page) {
  await page.goto(BASE + at.asset);
  for (const life of ['双非', '僵尸', '在用']) {
    await byId(page, 'edit').click();
    await choose(page, 'life', life);
    await saved(page);
    await page.locator('.asset-tags').getByText(life).waitFor();
  }
  await byId(page, 'close').click();
  await fill(page, 'reason', '并入动物中心平台');
  await saved(page);
  await byId(page, 'ended').waitFor();
  await undo(page);
  await byId(page, 'edit').waitFor();
  await page.goto(`${BASE}${at.asset}?tab=history`);
  await byId(page, 'history').getByText('并入动物中心平台').waitFor();
}

/* --- unregistered ------------------------------------------------------------------------------------------ */

const until = (page) => page.getByRole('dialog').filter({ hasText: '暂不登记' });
const confirm = (page) => until(page).getByRole('button', { name: /保\s*存/ }).click();

async function ignoreUntil(page) {
  await page.goto(`${BASE}/assets/unregistered`);
  const button = byId(page, 'ignore-10.99.7.8');
  await button.click();
  await confirm(page);
  await until(page).getByText('请写明原因').waitFor();
  await until(page).getByText('30 天', { exact: true }).click();
  await until(page).locator('#reason').fill('实训室临时设备');
  await isAccessible(page, 'ignore');
  await shoot(page, 'ignore');
  await confirm(page);
  await said(page, '已忽略 10.99.7.8');
  await button.waitFor({ state: 'detached' });
  await page.getByText('另有 1 个已忽略。').waitFor();
  await undo(page);
  await button.waitFor();
  await button.click();
  await until(page).getByText('指定时间').click();
  await until(page).locator('#reason').fill('实训室临时设备');
  await confirm(page);
  await until(page).getByText('请选择现在之后、一年之内的时间').waitFor();
  const input = until(page).locator('input[data-testid="day-time"], [data-testid="day-time"] input').first();
  await input.click();
  await input.fill(`${localDay(40)} 08:00`);
  await input.press('Enter');
  await confirm(page);
  await button.waitFor({ state: 'detached' });
  await byId(page, 'shown').getByText('已忽略 1').click();
  const row = byId(page, 'ignored').locator('.ant-table-row', { hasText: '10.99.7.8' });
  await row.waitFor();
  assert.match(await row.innerText(), new RegExp(`${localDay(40)} 08:00.*实训室临时设备.*security`, 's'));
  await isAccessible(page, 'ignored');
  await shootAll(page, 'ignored', () => byId(page, 'show-10.99.7.8').waitFor());
  await byId(page, 'show-10.99.7.8').click();
  await page.getByText('没有忽略的项目').waitFor();
  await undo(page);
  await row.waitFor();
  await byId(page, 'show-10.99.7.8').click();
  await byId(page, 'shown').getByText('待登记').click();
  await button.waitFor();
}

/** From a source or an address that nobody registered: the form comes with the address, once. */
async function registerFromElsewhere(page) {
  await page.goto(`${BASE}/entity/ip/10.99.7.9`);
  await page.getByRole('link', { name: '登记为资产' }).click();
  assert.equal(await drawer(page).locator('#addresses').inputValue(), '10.99.7.9');
  await page.keyboard.press('Escape');
  await closed(page);
  await eventually(() => assert.equal(new URL(page.url()).search, ''));
}

/* --- tables ----------------------------------------------------------------------------------------------- */

async function tables(page) {
  await page.goto(`${BASE}/assets/import`);
  // A browser keeps a page from saving more than ten files in a row.
  for (const kind of ['单位', '资产']) {
    await page.locator('.ant-radio-button-wrapper', { hasText: kind }).first().click();
    for (const name of ['template', 'export'])
      for (const format of ['xlsx', 'csv']) {
        const link = page.locator(`a[href*="/register/${name}?"][href$="format=${format}"]`);
        const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
        const bytes = await readFile(await download.path());
        assert.ok(bytes.length > 20, `${kind} ${name} ${format}`);
        assert.equal(bytes.subarray(0, 2).toString() === 'PK', format === 'xlsx');
      }
  }
}

async function importWithErrors(page) {
  await page.goto(`${BASE}/assets/import`);
  await page.locator('.ant-radio-button-wrapper', { hasText: '单位' }).first().click();
  const path = join(WANGLOU_WORK, 'units.csv');
  await byId(page, 'import-file').setInputFiles({ name: 'units.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') });
  await page.locator('.file-drop-mistake').getByText(/units\.pdf/).waitFor();
  await writeFile(path, '名称,代码,类型,上级单位\n样本库,L902,科室,实验动物中心\n无名处,L903,没有这种,实验动物中心\n');
  await byId(page, 'import-file').setInputFiles(path);
  await byId(page, 'import-refused').waitFor();
  await byId(page, 'skip-errors').click();
  await byId(page, 'import-ready').waitFor();
  await byId(page, 'import-confirm').click();
  await byId(page, 'import-done').getByRole('link').click();
  await listedUnit(page, '样本库').waitFor();
  assert.equal(await listedUnit(page, '无名处').count(), 0);
  await page.goto(`${BASE}/assets/import`);
  await page.locator('[data-testid^="undo-"]').first().click();
  await page.getByRole('dialog').getByRole('button', { name: '撤回' }).click();
  await page.getByText(/security 已撤回/).first().waitFor();
  await page.goto(`${BASE}/units?q=L902`);
  await page.getByText('没有符合条件的记录').waitFor();
}

/* --- zombies ----------------------------------------------------------------------------------------------- */

const zombie = (page) => byId(page, 'zombies').locator('.ant-table-row', { hasText: '能耗监测平台' });

/** Nothing was seen of it: it is marked, taken back, and marked again. */
async function zombies(page) {
  await page.goto(`${BASE}/assets/zombies?days=30`);
  await zombie(page).waitFor();
  await shoot(page, 'zombies-found');
  await zombie(page).getByRole('button').click();
  await zombie(page).waitFor({ state: 'detached' });
  await undo(page);
  await zombie(page).waitFor();
  await quiet(page);
  await zombie(page).getByRole('button').click();
  await zombie(page).waitFor({ state: 'detached' });
  await page.goto(`${BASE}/assets?life=zombie`);
  await page.getByRole('link', { name: '能耗监测平台' }).waitFor();
}

/* --- views ------------------------------------------------------------------------------------------------ */

async function views(page) {
  await page.goto(`${BASE}/assets?criticality=critical`);
  await rows(page).first().waitFor();
  await byId(page, 'views').click();
  await byId(page, 'save-view').click();
  await byId(page, 'view-name').fill('核心资产');
  await page.getByText('共享给所有能看本页的人').click();
  await byId(page, 'view-name').press('Enter');
  await eventually(async () => assert.match(await byId(page, 'views').innerText(), /核心资产/));
  const [user, password] = WANGLOU_OTHER.split(':');
  await page.context().clearCookies();
  await signIn(page, user, password);
  await page.goto(`${BASE}/assets`);
  await byId(page, 'views').click();
  await byId(page, 'view').getByText('security 共享').waitFor();
  await byId(page, 'view').locator('.view-open').click();
  await eventually(() => assert.match(page.url(), /criticality=critical/));
}

walkThrough('console-register', [
  enter,
  foundUnits,
  findUnits,
  moveUnit,
  unitAsOf,
  unitDuties,
  dissolveUnit,
  people,
  personLeaves,
  addAsset,
  filterAssets,
  lifeOfAsset,
  ignoreUntil,
  zombies,
  registerFromElsewhere,
  tables,
  importWithErrors,
  views,
]);
