// SPDX-License-Identifier: Apache-2.0
// A notification's whole life from both sides, in a real browser: written, sent, reminded; more time asked for, refused and
// granted; returned, reported again, accepted; links revoked; one withdrawn, a draft thrown away. Then the reports to
// authorities as files, marked as sent with proof, and one that need not be sent.
//
//	WANGLOU_URL, WANGLOU_SHOTS, CHROMIUM   as console.mjs has them
//	WANGLOU_INCIDENT   the id of an incident whose unit has people, with reports that are due
//	WANGLOU_SINK       what the mail server got, a line of JSON each
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { BASE, byId, dialog, eventually, isAccessible, shoot, signIn, walkThrough } from './browser.mjs';

const { WANGLOU_INCIDENT: ID, WANGLOU_SINK: SINK } = process.env;

/** What one step leaves for those behind it. */
const kept = { unit: undefined, address: '' };

const state = (page, words) => eventually(async () => assert.match(await byId(page, 'notice-state').innerText(), words));
const history = (page, words) => byId(page, 'notice-history').getByText(words).first().waitFor();
const sure = (page) => byId(page, 'step-sure').click();

async function mails(subject) {
  const lines = (await readFile(SINK, 'utf8')).trim().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line)).filter((mail) => !subject || JSON.stringify(mail).includes(subject));
}

const linkIn = (mail) => /https:\/\/\S*\/reply#[0-9a-f]+/.exec(mail?.text ?? '')?.[0];

/** The newest link that a mail of this subject has brought. */
const newestLink = (subject) =>
  eventually(async () => {
    const link = (await mails(subject)).map(linkIn).filter(Boolean).at(-1);
    assert.ok(link, `no mail with a link: ${subject}`);
    return link;
  });

async function saves(page, click, pattern) {
  const download = page.waitForEvent('download');
  await click();
  const file = await download;
  const bytes = await readFile(await file.path());
  assert.match(file.suggestedFilename(), pattern);
  assert.match(bytes.subarray(0, 4).toString('latin1'), /^(%PDF|PK)/);
}

async function newDraft(page) {
  await page.goto(`${BASE}/incidents/${ID}`);
  await byId(page, 'notify').click();
  await byId(page, 'notify-sure').click();
  await byId(page, 'rectification').waitFor();
}

async function send(page) {
  await byId(page, 'send').click();
  await byId(page, 'send-sure').click();
  await state(page, /已发送/);
}

async function enter(page) {
  await signIn(page, 'li', 'li of the campus');
}

/** Says what is missing, keeps what was written, and is thrown away. */
async function draft(page) {
  await newDraft(page);
  await page.getByLabel('标题').fill('');
  await byId(page, 'save-draft').click();
  await page.getByText('必填').first().waitFor();
  await page.getByLabel('标题').fill('草稿一份');
  await byId(page, 'save-draft').click();
  await page.locator('.ant-message-success').first().waitFor();
  await page.reload();
  assert.equal(await page.getByLabel('标题').inputValue(), '草稿一份');
  await byId(page, 'do-withdraw').click();
  await sure(page);
  await dialog(page).getByText('必填').waitFor();
  await dialog(page).getByRole('textbox').fill('写错了单位');
  await sure(page);
  await page.locator('.ant-message-success').filter({ hasText: '草稿已作废' }).waitFor();
  await state(page, /已撤回/);
  await isAccessible(page, 'withdrawn draft');
  await shoot(page, 'rectification-withdrawn');
}

async function sendAndRemind(page) {
  await newDraft(page);
  await page.getByLabel('标题').fill('教务系统被上传网页木马');
  await page.getByLabel('联系方式').fill('网络安全科 8100');
  await send(page);
  kept.address = page.url();
  await history(page, '发送');
  await saves(page, () => byId(page, 'notice-pdf').click(), /整改通知书.*\.pdf$/);
  await saves(page, () => byId(page, 'notice-docx').click(), /整改通知书.*\.docx$/);
  await byId(page, 'do-remind').click();
  await dialog(page).getByRole('textbox').fill('请尽快确认');
  await sure(page);
  await history(page, '请尽快确认');
  await isAccessible(page, 'notification that was sent');
}

/** The unit, by its link, in a page of its own. */
async function asUnit(page, link, act) {
  const unit = await page.context().newPage();
  await unit.goto(link);
  await act(unit, (name) => unit.getByTestId(name));
  await unit.close();
}

async function asksForTime(page, link, reason) {
  await asUnit(page, link, async (unit, get) => {
    await get('reason').fill(reason);
    await get('ask').click();
    await get('extension-state').waitFor();
  });
}

async function moreTime(page) {
  const link = await newestLink('整改通知');
  await asUnit(page, link, async (unit, get) => {
    await get('confirm').click();
    await get('confirm').waitFor({ state: 'detached' });
  });
  await asksForTime(page, link, '等待厂商补丁');
  await state(page, /已确认/);
  await byId(page, 'asked').getByText('等待厂商补丁').waitFor(); // without a reload
  await shoot(page, 'rectification-asked');
  await byId(page, 'do-refuse').click();
  await sure(page);
  await dialog(page).getByText('必填').waitFor();
  await dialog(page).getByRole('textbox').last().fill('请先下线');
  await sure(page);
  await byId(page, 'asked').waitFor({ state: 'detached' });
  await history(page, '请先下线');
  await asksForTime(page, link, '服务器已下线，需重装');
  await byId(page, 'asked').getByText('服务器已下线').waitFor();
  await byId(page, 'do-extend').click();
  await shoot(page, 'rectification-extend');
  await sure(page);
  await byId(page, 'asked').waitFor({ state: 'detached' });
}

async function report(unit, get, cause) {
  await get('cause').fill(cause);
  await get('measures').fill('删除木马，禁止上传目录执行脚本');
  await get('result').fill('已恢复，复查没有发现木马');
  await get('submit').click();
  await get('submit-yes').click();
  await unit.getByText('报告已提交').waitFor();
}

/** Returned with a reason, reported again by the link of that mail, accepted. */
async function returnAndAccept(page) {
  await asUnit(page, await newestLink('整改通知'), async (unit, get) => {
    await get('file').setInputFiles({ name: '扫描报告.txt', mimeType: 'text/plain', buffer: Buffer.from('没有发现木马') });
    await unit.getByRole('button', { name: '扫描报告.txt' }).waitFor();
    await report(unit, get, '上传目录可以执行脚本');
  });
  await state(page, /待审核/);
  await byId(page, 'answer').getByText('上传目录可以执行脚本').waitFor();
  const evidence = page.waitForEvent('download');
  await page.getByRole('link', { name: '扫描报告.txt' }).click();
  assert.equal((await readFile(await (await evidence).path())).toString(), '没有发现木马');
  await byId(page, 'do-return').click();
  await sure(page);
  await dialog(page).getByText('必填').waitFor();
  await dialog(page).getByRole('textbox').last().fill('请补充日志');
  await sure(page);
  await state(page, /退回/);
  await asUnit(page, await newestLink('整改报告退回'), async (unit, get) => {
    await unit.getByText('请补充日志').first().waitFor();
    await report(unit, get, '上传目录可以执行脚本（日志见附件）');
  });
  await byId(page, 'answer').getByText('日志见附件').waitFor();
  await byId(page, 'do-accept').click();
  await dialog(page).getByRole('textbox').fill('复测通过');
  await sure(page);
  await state(page, /已通过/);
  await saves(page, () => byId(page, 'report-pdf').click(), /整改报告.*\.pdf$/);
  await saves(page, () => byId(page, 'report-docx').click(), /整改报告.*\.docx$/);
  await page.mouse.move(2, 2);
  await eventually(() => isAccessible(page, 'accepted notification'));
}

/** One whose links are revoked, and which is then withdrawn; the unit's page says so. */
async function revokeAndWithdraw(page) {
  await newDraft(page);
  await page.getByLabel('标题').fill('第二份通知');
  await send(page);
  const link = await eventually(async () => {
    const link = linkIn((await mails('第二份通知')).at(-1));
    assert.ok(link, 'no mail of the second one');
    return link;
  });
  await byId(page, 'revoke-all').click();
  await dialog(page).getByRole('button', { name: '停用链接' }).click();
  await byId(page, 'revoke-all').waitFor({ state: 'detached' });
  await asUnit(page, link, (unit, get) => get('bad-link').waitFor());
  await byId(page, 'do-withdraw').click();
  await dialog(page).getByRole('textbox').fill('与上一份重复');
  await sure(page);
  await state(page, /已撤回/);
  await page.goto(`${BASE}/rectifications`);
  await byId(page, 'turn-done').click();
  await byId(page, 'rectifications').getByText('第二份通知').waitFor();
  await page.getByPlaceholder(/编号|标题/).first().fill('木马');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=/);
  await byId(page, 'rectifications').getByText('第二份通知').waitFor({ state: 'detached' });
}

/** As files, marked with proof, supplemented, and one that need not be. */
async function reports(page) {
  await page.goto(`${BASE}/incidents/${ID}/reports`);
  const cards = byId(page, 'reports').locator('li.report-pending');
  await cards.first().waitFor();
  const [first, second] = await Promise.all([0, 1].map((at) => cards.nth(at).getAttribute('data-testid')));
  for (const format of ['pdf', 'docx'])
    await saves(page, () => byId(page, first).locator(`a[href*="format=${format}"]`).click(), new RegExp(`\\.${format}$`));
  await byId(page, first).locator('[data-testid^="submit-"]').click();
  await byId(page, 'submit-sure').click();
  await dialog(page).locator('.ant-form-item-explain-error').waitFor();
  await page.getByLabel('报送方式').fill('传真');
  await page.getByLabel('回执号或接收人').fill('教育厅 2026-11');
  await byId(page, 'submit-sure').click();
  await byId(page, first).getByText('教育厅 2026-11').waitFor();
  await byId(page, first).locator('[data-testid^="submit-"]').click(); // more of the same
  await page.getByLabel('报送方式').fill('邮件');
  await byId(page, 'submit-sure').click();
  await byId(page, first).getByText('邮件').waitFor();
  await byId(page, second).locator('[data-testid^="waive-"]').click();
  await byId(page, 'waive-sure').click();
  await dialog(page).locator('.ant-form-item-explain-error').waitFor();
  await dialog(page).getByRole('textbox').fill('已由上级统一报送');
  await shoot(page, 'report-waive');
  await byId(page, 'waive-sure').click();
  await byId(page, second).getByText('已由上级统一报送').waitFor();
  await isAccessible(page, 'reports of an incident');
}

await walkThrough('console-rectification', [
  enter,
  draft,
  sendAndRemind,
  moreTime,
  returnAndAccept,
  revokeAndWithdraw,
  reports,
]);
