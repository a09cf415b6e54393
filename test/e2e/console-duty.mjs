// SPDX-License-Identifier: Apache-2.0
// A shift's way through duty in a real browser: nobody is there, a rotation, a swap, hand-over and take-over, the log, a
// key period, the daily safety report signed and taken along as PDF.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { BASE, byId, eventually, isAccessible, shootAll, signIn, walkThrough } from './browser.mjs';

const { WANGLOU_USER, WANGLOU_PASSWORD } = process.env;

/** What one step leaves for those behind it. */
const kept = { month: '' };

const go = (page, path) => page.goto(`${BASE}${path}`);
const dialog = (page) => page.locator('.ant-modal:visible, .ant-drawer:visible').last();

/** Local midnight so many days from now, or a time of that day. */
const day = (page, days, time = '00:00') =>
  page.evaluate(([d, t]) => `${new Date(Date.now() + d * 86_400_000).toLocaleDateString('sv')} ${t}`, [days, time]);

async function chooseSpan(page, from, to) {
  const inputs = dialog(page).locator('.ant-picker input');
  await inputs.first().click();
  await inputs.first().fill(from);
  await inputs.first().press('Enter');
  await inputs.nth(1).fill(to);
  await inputs.nth(1).press('Enter');
}

async function nobodyIsThere(page) {
  await signIn(page, WANGLOU_USER, WANGLOU_PASSWORD);
  await go(page, '/duty');
  await byId(page, 'place-officer').getByText(/此刻没有值班员|There is no duty officer now/).waitFor();
  await page.getByText(/事件无人受理时呼叫谁|Who is called when nobody/).waitFor();
  await isAccessible(page, 'duty');
}

/** One shift of now, of somebody of the register. */
async function addShift(page) {
  await go(page, '/duty/roster');
  await byId(page, 'gaps').waitFor();
  await byId(page, 'add-shift').click();
  await dialog(page).locator('#person').fill('傅振');
  await page.getByText('傅振宇').last().click();
  assert.equal(await dialog(page).locator('#phone').inputValue(), '010-55551001', 'the register’s telephone');
  await chooseSpan(page, await day(page, 0), await day(page, 1, '08:30'));
  await byId(page, 'save-shift').click();
  await byId(page, 'save-shift').waitFor({ state: 'hidden' });
  await byId(page, 'month').getByText('傅振宇').first().waitFor();
  await go(page, '/duty');
  await byId(page, 'place-officer').getByText('傅振宇').waitFor();
  await byId(page, 'place-officer').getByText('010-55551001').waitFor();
}

async function rotate(page) {
  await go(page, '/duty/roster');
  await byId(page, 'month').waitFor();
  const now = await byId(page, 'month-name').innerText();
  await page.getByRole('button', { name: /^(下个月|Month after)$/ }).click();
  await byId(page, 'month-name').filter({ hasNotText: now }).waitFor();
  kept.month = await byId(page, 'month-name').innerText();
  await byId(page, 'gaps').waitFor();
  await byId(page, 'rotate').click();
  for (const name of ['王伟', '赵强', '李娜']) {
    await dialog(page).locator('.turn-add input').fill(name);
    await byId(page, 'turn-add').click();
  }
  await byId(page, 'turns').getByText('王伟').first().waitFor();
  await byId(page, 'make-rotation').click();
  await byId(page, 'make-rotation').waitFor({ state: 'hidden' });
  const days = new Date(Number(kept.month.slice(0, 4)), Number(kept.month.slice(5)), 0).getDate();
  await eventually(async () =>
    assert.ok((await byId(page, 'month').locator('.chip').count()) >= days, 'a chip for each day'),
  );
  assert.match(page.url(), new RegExp(`month=${kept.month}`), 'the month is in the address');
  await isAccessible(page, 'roster');
  await shootAll(page, 'duty-roster', () => byId(page, 'month').locator('.chip').first().waitFor());
}

async function swap(page) {
  await go(page, `/duty/roster?month=${kept.month}`);
  await byId(page, `day-${kept.month}-02`).locator('.chip').first().click();
  await byId(page, 'swap').click();
  await dialog(page).locator('#against').click();
  await page.locator('.ant-select-item-option').first().click();
  await dialog(page).locator('#reason').fill('出差');
  await byId(page, 'ask-swap').click();
  await byId(page, 'ask-swap').waitFor({ state: 'hidden' });
  await go(page, `/duty/roster?month=${kept.month}`);
  const before = await byId(page, `day-${kept.month}-02`).locator('.chip-name').first().innerText();
  await byId(page, 'swaps').getByText('出差').waitFor();
  await byId(page, 'swaps').locator('[data-testid^="accept-"]').click();
  await byId(page, 'swaps').getByText(/^(已同意|agreed)$/).waitFor();
  await eventually(async () => {
    const after = await byId(page, `day-${kept.month}-02`).locator('.chip-name').first().innerText();
    assert.notEqual(after, before, 'the shift changed hands');
  });
}

async function handOver(page) {
  await go(page, '/duty');
  await page.locator('#handover-note').fill('教务系统正被扫描，已封禁两个地址 <b>请续看</b>');
  await byId(page, 'hand-over').click();
  await byId(page, 'handover').getByText(/等待接班|Waiting to be taken over/).waitFor();
  await shootAll(page, 'duty-now', () => byId(page, 'handover').waitFor());
  await byId(page, 'take-over').click();
  await byId(page, 'handover').getByText(/接班于|took over at/).waitFor();
  await byId(page, 'handover').getByText('<b>请续看</b>').waitFor();
}

async function writeLog(page) {
  await go(page, '/duty/log');
  await byId(page, 'log-text').fill('巡查门户网站，正常');
  await page.getByText(/^(巡查|Patrol)$/).first().click();
  await byId(page, 'log-add').click();
  await byId(page, 'log').getByText('巡查门户网站，正常').waitFor();
  await byId(page, 'log').getByText(/^(接班|Take-over)$/).waitFor();
  await go(page, '/duty/log?kind=patrol');
  await byId(page, 'log').getByText('巡查门户网站，正常').waitFor();
  assert.equal(await byId(page, 'log').locator('tbody tr').count(), 1, 'the filter is in the address');
  await isAccessible(page, 'log');
  await go(page, '/duty/log');
  await shootAll(page, 'duty-log', () => byId(page, 'log').waitFor());
}

async function addPeriod(page) {
  await go(page, '/duty/periods');
  await byId(page, 'add-period').click();
  await dialog(page).locator('#name').fill('校庆');
  await chooseSpan(page, await day(page, 0), await day(page, 2));
  await dialog(page).locator('#report_every').fill('4');
  await byId(page, 'save-period').click();
  await byId(page, 'save-period').waitFor({ state: 'hidden' });
  await byId(page, 'periods').getByText(/^(进行中|now)$/).waitFor();
  await isAccessible(page, 'periods');
  await shootAll(page, 'duty-periods', () => byId(page, 'periods').waitFor());
  await byId(page, 'periods').getByRole('button', { name: /^(删 ?除|Remove)$/ }).click();
  await dialog(page).getByRole('button', { name: /^(确 ?定|OK)$/ }).click();
  await byId(page, 'undo').click();
  await byId(page, 'periods').getByText('校庆').waitFor();
}

async function signReport(page) {
  await go(page, '/duty/reports');
  await byId(page, 'make-report').click();
  await byId(page, 'sign-report').waitFor();
  assert.ok(await byId(page, 'sign-report').isDisabled(), 'a comment is needed where not all was seen');
  await isAccessible(page, 'report');
  await shootAll(page, 'duty-report', () => byId(page, 'sign-report').waitFor());
  await page.locator('#report-comment').fill('平台今日上线，此前无监测');
  await byId(page, 'sign-report').click();
  await page.locator('.ant-message-success').first().waitFor();
  await byId(page, 'signature').getByText(WANGLOU_USER).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'PDF' }).click(),
  ]);
  const bytes = await readFile(await file.path());
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  assert.ok(bytes.length > 10_000, 'the report has content');
  await go(page, '/duty/reports');
  await byId(page, 'reports').getByText(WANGLOU_USER).waitFor();
  await shootAll(page, 'duty-reports', () => byId(page, 'reports').waitFor());
}

await walkThrough('duty', [
  nobodyIsThere,
  addShift,
  rotate,
  swap,
  handOver,
  writeLog,
  addPeriod,
  signReport,
]);
