// SPDX-License-Identifier: Apache-2.0
// What belongs together and what does not, in a real browser: incidents that are merged, opened again, given to others and
// closed by the dozen; alerts likewise.
import assert from 'node:assert/strict';
import { ask, BASE, byId, dialog, eventually, isAccessible, quiet, shoot, signIn, undo, walkThrough } from './browser.mjs';

/** What one step leaves for those behind it. */
const kept = { first: undefined, second: undefined };

const status = (page) => byId(page, 'incident-status');
const open = (page, { id }, tab = '') => page.goto(`${BASE}/incidents/${id}${tab && `/${tab}`}`);
const isAt = (page, { id }) => eventually(async () => assert.equal(new URL(page.url()).pathname, `/incidents/${id}`));
const option = (page, name) => page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: name }).first();

async function enter(page) {
  await signIn(page, 'li', 'li of the campus');
  const { items } = await ask(page, '/incidents?open=true&drill=true&limit=100');
  assert.ok(items.length >= 4, 'too few incidents');
  [kept.first, kept.second] = items.slice(-2);
}

/** Asks for what is missing, goes into the other, and comes back with all it had. */
async function merge(page) {
  const { first, second } = kept;
  await open(page, first);
  await byId(page, 'merge').click();
  await byId(page, 'merge-sure').click();
  await dialog(page).getByText('请选择事件').waitFor();
  await dialog(page).locator('#into').fill(second.number);
  await option(page, second.number).click();
  await dialog(page).getByLabel('理由').fill('同一台服务器');
  await shoot(page, 'incident-merge');
  await byId(page, 'merge-sure').click();
  await isAt(page, second);
  await eventually(async () => assert.equal((await ask(page, `/incidents/${second.id}`)).alerts, first.alerts + second.alerts));
  await undo(page);
  await isAt(page, first);
  await eventually(async () => assert.equal((await ask(page, `/incidents/${first.id}`)).alerts, first.alerts));
  await eventually(async () => assert.doesNotMatch(await status(page).innerText(), /已合并/));
}

/** What went into another says so, offers nothing but the way back, and comes back by it. */
async function mergedAndReopened(page) {
  const { first, second } = kept;
  await quiet(page);
  await open(page, first);
  await byId(page, 'merge').click();
  await dialog(page).locator('#into').fill(second.number);
  await option(page, second.number).click();
  await byId(page, 'merge-sure').click();
  await isAt(page, second);
  await open(page, second, 'history');
  await byId(page, 'history').getByText('并入了').first().waitFor();
  await open(page, first);
  await page.getByText('本事件已并入另一起事件').waitFor();
  for (const action of ['take', 'close', 'merge', 'grade', 'notify']) assert.equal(await byId(page, action).count(), 0, action);
  await isAccessible(page, 'merged incident');
  await shoot(page, 'incident-merged');
  await page.getByRole('link', { name: '查看', exact: true }).click();
  await isAt(page, second);
  await open(page, first);
  await byId(page, 'reopen').click();
  await dialog(page).getByLabel('理由').fill('并错了');
  await byId(page, 'reopen-sure').click();
  await byId(page, 'take').waitFor();
  await eventually(async () => assert.equal((await ask(page, `/incidents/${second.id}`)).alerts, second.alerts));
}

/** Several are given to somebody, then closed; those that refuse say why. */
async function manyIncidents(page) {
  const { first, second } = kept;
  await page.goto(`${BASE}/incidents?drill=true`);
  const choose = async () => {
    for (const { id, number } of [first, second]) {
      await byId(page, `incident-${id}`).waitFor();
      await page.getByRole('checkbox', { name: new RegExp(number) }).check();
    }
  };
  await choose();
  await isAccessible(page, 'incidents with some chosen');
  await byId(page, 'bulk-assign').click();
  await option(page, 'chen').click();
  await dialog(page).getByText('2/2').waitFor();
  await byId(page, 'bulk-undo').click();
  await byId(page, 'bulk').waitFor({ state: 'detached' });
  const hers = page.locator('tr.row').filter({ hasText: 'chen' });
  await eventually(async () => assert.equal(await hers.count(), 0));
  await choose();
  await byId(page, 'bulk-assign').click();
  await option(page, 'chen').click();
  await dialog(page).getByText('2/2').waitFor();
  await byId(page, 'bulk-done').click();
  await byId(page, 'bulk').waitFor({ state: 'detached' });
  await eventually(async () => assert.equal(await hers.count(), 2));
  await choose();
  await byId(page, 'bulk-close').click();
  assert.ok(await byId(page, 'bulk-sure').isDisabled(), 'closed without a word why');
  await dialog(page).getByRole('textbox').fill('扫描器的误报');
  await shoot(page, 'incidents-close-many');
  await byId(page, 'bulk-sure').click();
  await dialog(page).getByText('2/2').waitFor();
  await byId(page, 'bulk-done').click();
  await byId(page, `incident-${first.id}`).waitFor({ state: 'detached' });
  await byId(page, `incident-${second.id}`).waitFor({ state: 'detached' });
  await page.goto(`${BASE}/incidents/${first.id}`);
  assert.match(await status(page).innerText(), /误报/);
  await byId(page, 'reopen').click();
  await byId(page, 'reopen-sure').click();
  await eventually(async () => assert.match(await status(page).innerText(), /研判中/));
}

const rows = (page) => page.locator('[data-testid="alerts"] [data-row-key]');

/** One thing done to the first two alerts of the list; what the list says of them. */
async function bulk(page, act) {
  for (const at of [0, 1]) await rows(page).nth(at).getByRole('checkbox').click();
  await byId(page, 'bulk').waitFor();
  await act();
  await byId(page, 'bulk').waitFor({ state: 'detached' });
}

const both = (page, pattern) =>
  eventually(async () => {
    for (const at of [0, 1]) assert.match(await rows(page).nth(at).innerText(), pattern);
  });

/** Each decision about several; to somebody of those who may work; a note; and none of it. */
async function manyAlerts(page) {
  await page.goto(`${BASE}/alerts?drill=true`);
  await rows(page).first().waitFor();
  for (const [state, words] of [['acknowledged', /处置中/], ['false_positive', /误报/], ['new', /待处理/]]) {
    await bulk(page, () => byId(page, `bulk-${state}`).click());
    await both(page, words);
  }
  await undo(page);
  await both(page, /误报/);
  await bulk(page, () => byId(page, 'bulk-new').click());
  await bulk(page, async () => {
    await byId(page, 'bulk-note').click();
    assert.ok(await byId(page, 'note-sure').isDisabled());
    await dialog(page).getByRole('textbox').fill('同一次扫描');
    await byId(page, 'note-sure').click();
  });
  await bulk(page, async () => {
    await byId(page, 'bulk-assign').click();
    await page.getByRole('menuitem', { name: '给其他人' }).click();
    assert.ok(await byId(page, 'assign-sure').isDisabled());
    await byId(page, 'assign-to').click();
    await page.keyboard.type('che');
    await option(page, 'chen').click();
    await shoot(page, 'alerts-assign-to');
    await isAccessible(page, 'assigning alerts');
    await byId(page, 'assign-sure').click();
  });
  await rows(page).first().click();
  await byId(page, 'case-facts').getByText('chen').waitFor();
  const note = byId(page, 'alert-detail').getByLabel('备注');
  assert.equal(await note.inputValue(), '同一次扫描');
  await note.fill('同一次扫描，已封禁');
  await byId(page, 'note-save').click();
  await page.locator('.ant-message-success').filter({ hasText: '备注' }).waitFor();
  await page.keyboard.press('Escape');
  await byId(page, 'more-filters').click();
  await page.locator('.filter-more').getByLabel('处置人').focus();
  await page.keyboard.type('chen');
  await option(page, 'chen').click();
  await page.waitForURL(/assignee=chen/);
  const { total } = await ask(page, '/alerts?drill=true&assignee=chen');
  await eventually(async () => assert.equal(await rows(page).count(), total, 'the list before is still there'));
  await rows(page).first().getByRole('checkbox').click();
  await byId(page, 'bulk-clear').click();
  await byId(page, 'bulk').waitFor({ state: 'detached' });
}

await walkThrough('console-case', [enter, merge, mergedAndReopened, manyIncidents, manyAlerts]);
