// SPDX-License-Identifier: Apache-2.0
// What an officer changes of a roster that stands, in a real browser: a shift is changed, taken off and put back; swaps are
// refused, withdrawn and taken over; a key period changes; who is called is read; a report is taken along as a document.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { BASE, byId, eventually, isAccessible, shoot, signIn, walkThrough } from './browser.mjs';

const { WANGLOU_USER, WANGLOU_PASSWORD } = process.env;
const PEOPLE = ['王伟', '赵强'];

/** What one step leaves for those behind it. */
const kept = { month: '' };

const go = (page, path) => page.goto(`${BASE}${path}`);
const dialog = (page) => page.locator('.ant-modal:visible, .ant-drawer:visible').last();
/** What was done is said, also where its button is gone. */
const said = (page, words) => page.locator('.ant-message-success').filter({ hasText: words }).first().waitFor();
const day = (page, number) => byId(page, `day-${kept.month}-${number}`);
const openShift = async (page, number) => {
  await go(page, `/duty/roster?month=${kept.month}`);
  await day(page, number).locator('.chip').first().click();
  await byId(page, 'swap').waitFor();
};

/** Next month's shifts: two people who take turns. */
async function rotate(page) {
  await signIn(page, WANGLOU_USER, WANGLOU_PASSWORD);
  await go(page, '/duty/roster');
  const now = await byId(page, 'month-name').innerText();
  await page.getByRole('button', { name: '下个月' }).click();
  await byId(page, 'month-name').filter({ hasNotText: now }).waitFor();
  kept.month = await byId(page, 'month-name').innerText();
  await byId(page, 'rotate').click();
  assert.ok(await byId(page, 'make-rotation').isDisabled(), 'nobody takes turns yet');
  for (const name of [...PEOPLE, '李娜']) {
    await dialog(page).locator('.turn-add input').fill(name);
    await byId(page, 'turn-add').click();
  }
  const names = () => dialog(page).locator('.turn-people li').allInnerTexts();
  await dialog(page).getByRole('button', { name: '李娜 上移' }).click();
  await eventually(async () => assert.match((await names())[1], /李娜/));
  await dialog(page).locator('.turn-people li').nth(1).getByRole('button').last().click();
  await eventually(async () => assert.equal((await names()).length, 2));
  await byId(page, 'make-rotation').click();
  await byId(page, 'make-rotation').waitFor({ state: 'hidden' });
  await day(page, '05').locator('.chip').first().waitFor();
}

async function changeShift(page) {
  await openShift(page, '05');
  await dialog(page).getByRole('button', { name: '修 改' }).or(dialog(page).getByRole('button', { name: '修改' })).click();
  await dialog(page).locator('#phone').fill('8123');
  await dialog(page).locator('#note').fill('带班');
  await isAccessible(page, 'a shift');
  await byId(page, 'save-shift').click();
  await said(page, '已保存');
  await byId(page, 'save-shift').waitFor({ state: 'detached' });
  await dialog(page).getByText('8123').waitFor();
  await dialog(page).getByText('带班').waitFor();
  await shoot(page, 'duty-shift');
}

/** A day without anybody says so, until the shift is back. */
async function removeShift(page) {
  await openShift(page, '06');
  const name = await day(page, '06').locator('.chip-name').last().innerText();
  await dialog(page).getByRole('button', { name: /^删 ?除$/ }).click();
  await page.getByText('删除这个班次？').last().waitFor();
  await dialog(page).getByRole('button', { name: /^确 ?定$/ }).last().click();
  await day(page, '06').locator('.gap').waitFor();
  await byId(page, 'undo').click();
  await day(page, '06').locator('.gap').waitFor({ state: 'detached' });
  await eventually(async () => assert.ok((await day(page, '06').locator('.chip-name').allInnerTexts()).includes(name)));
}

async function askSwap(page, number, reason) {
  await openShift(page, number);
  await byId(page, 'swap').click();
  await byId(page, 'ask-swap').click();
  await dialog(page).locator('.ant-form-item-explain-error').waitFor();
  await dialog(page).locator('#to').fill('孙丽');
  await dialog(page).locator('#reason').fill(reason);
  await byId(page, 'ask-swap').click();
  await byId(page, 'ask-swap').waitFor({ state: 'hidden' });
  await go(page, `/duty/roster?month=${kept.month}`);
  return byId(page, 'swaps').getByRole('row').filter({ hasText: reason });
}

/** One that is refused, one that is withdrawn, one where somebody stands in. */
async function swaps(page) {
  const refused = await askSwap(page, '08', '家中有事');
  await refused.getByRole('button', { name: '不同意' }).click();
  await refused.getByText('未同意').waitFor();
  await said(page, '未同意');
  const withdrawn = await askSwap(page, '09', '记错了');
  await withdrawn.getByRole('button', { name: /^撤 ?回$/ }).click();
  await withdrawn.getByText('已撤回').waitFor();
  assert.equal(await day(page, '08').getByText('孙丽').count(), 0);
  const given = await askSwap(page, '10', '学习');
  await given.getByRole('button', { name: /^同 ?意$/ }).click();
  await given.getByText('已同意').waitFor();
  await day(page, '10').getByText('孙丽').first().waitFor();
  await isAccessible(page, 'swaps');
  await shoot(page, 'duty-swaps');
}

async function changePeriod(page) {
  await go(page, '/duty/periods');
  await byId(page, 'add-period').click();
  await byId(page, 'save-period').click();
  await dialog(page).locator('.ant-form-item-explain-error').first().waitFor();
  await dialog(page).locator('#name').fill('校庆');
  const inputs = dialog(page).locator('.ant-picker input');
  await inputs.first().click();
  await inputs.first().fill(`${kept.month}-10 08:00`);
  await inputs.first().press('Enter');
  await inputs.nth(1).fill(`${kept.month}-12 18:00`);
  await inputs.nth(1).press('Enter');
  await byId(page, 'save-period').click();
  await byId(page, 'save-period').waitFor({ state: 'hidden' });
  await byId(page, 'periods').getByRole('button', { name: /^修 ?改$/ }).click();
  await dialog(page).locator('#name').fill('百年校庆');
  await byId(page, 'save-period').click();
  await byId(page, 'save-period').waitFor({ state: 'hidden' });
  await byId(page, 'periods').getByText('百年校庆').waitFor();
  await go(page, `/duty/roster?month=${kept.month}`);
  await day(page, '11').getByText('百年校庆').waitFor();
}

/** Who is called, as the rules on the server have it. */
async function escalation(page) {
  await go(page, '/duty');
  const panel = page.locator('.duty-escalation');
  await panel.getByRole('row').nth(1).waitFor();
  const rows = await panel.getByRole('row').allInnerTexts();
  assert.ok(rows.length > 2, 'no rules of escalation');
  for (const row of rows.slice(1)) assert.match(row, /(立即|分钟|小时).*\S/s);
  await panel.locator('code').waitFor();
}

async function reportAsDocument(page) {
  await go(page, '/duty/reports');
  await byId(page, 'make-report').click();
  await byId(page, 'sign-report').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'DOCX' }).click();
  const file = await download;
  assert.match(file.suggestedFilename(), /^平安报告.*\.docx$/);
  assert.equal((await readFile(await file.path())).subarray(0, 2).toString(), 'PK');
}

await walkThrough('roster', [rotate, changeShift, removeShift, swaps, changePeriod, escalation, reportAsDocument]);
