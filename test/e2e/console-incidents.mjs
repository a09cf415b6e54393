// SPDX-License-Identifier: Apache-2.0
// li takes an incident up, works on it, has the unit mend its site, reports it and closes it; luo, of the unit, looks on.
//
//	WANGLOU_URL, WANGLOU_SHOTS, CHROMIUM   as console.mjs has them
//	WANGLOU_INCIDENT   the id of an incident of several tactics whose unit has people
//	WANGLOU_SINK       what the mail server got, a line of JSON each
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BASE, byId, eventually, isAccessible, shoot, shootAll, SHOTS, signIn, SIZES, walkThrough } from './browser.mjs';

const { WANGLOU_INCIDENT: ID, WANGLOU_SINK: SINK } = process.env;
const TABS = ['overview', 'timeline', 'graph', 'attack', 'alerts', 'evidence', 'tasks', 'reports', 'notices', 'history'];
const SAMPLE = Buffer.from('10.20.30.40 - - "POST /upload/x.jsp HTTP/1.1" 200\n');

const at = (page, tab = 'overview') =>
  page.goto(`${BASE}/incidents/${ID}${tab === 'overview' ? '' : `/${tab}`}`);
const status = (page) => byId(page, 'incident-status');

/** Says it was done, and is not in the way of the next click. */
const saved = async (page) => {
  await page.locator('.ant-message-success').first().waitFor();
};

async function enter(page) {
  await signIn(page, 'li', 'li of the campus');
}

async function list(page) {
  await page.goto(`${BASE}/incidents`);
  await byId(page, `incident-${ID}`).waitFor();
  await page.locator('.countdown').first().waitFor();
  await isAccessible(page, 'incidents');
  const due = await page.locator('[data-testid="incidents"] tbody time.countdown').evaluateAll((all) => all.map((each) => each.dateTime));
  assert.deepEqual(due, [...due].sort(), 'the most urgent is not on top');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  const keyOf = (row) => row.getAttribute('data-row-key');
  await eventually(async () =>
    assert.equal(await keyOf(page.locator('tr.row-selected')), await keyOf(page.locator('tr.row').first())),
  );
  await page.keyboard.press('Enter');
  await byId(page, 'incident').waitFor();
  await page.goBack();
  await byId(page, 'count-mine').click();
  await byId(page, 'empty').waitFor();
  assert.match(page.url(), /assignee=li/);
  await byId(page, 'count-open').click();
  await byId(page, `incident-${ID}`).waitFor();
  await shootAll(page, 'incidents', () => byId(page, `incident-${ID}`).waitFor());
}

async function takeSeveral(page) {
  await page.goto(`${BASE}/incidents?drill=true`);
  const rows = page.locator('tr.row');
  await rows.first().waitFor();
  const others = rows.filter({ hasNot: byId(page, `incident-${ID}`) });
  await others.nth(0).getByRole('checkbox').check();
  await others.nth(1).getByRole('checkbox').check();
  await byId(page, 'bulk-take').click();
  await page.getByText('2/2').waitFor();
  await byId(page, 'bulk-done').click();
  await byId(page, 'bulk').waitFor({ state: 'hidden' });
  await eventually(async () => assert.match(await byId(page, 'count-mine').innerText(), /^2\s/));
}

async function take(page) {
  await at(page);
  await byId(page, 'sentence').waitFor();
  await byId(page, 'clock').waitFor();
  await byId(page, 'responsible').waitFor();
  assert.match(await byId(page, 'responsible').innerText(), /\d{8}/, 'nobody has a telephone');
  await byId(page, 'playbook').waitFor();
  await byId(page, 'take').click();
  await eventually(async () => assert.match(await status(page).innerText(), /研判中/));
  await byId(page, 'undo').click();
  await eventually(async () => assert.match(await status(page).innerText(), /新建/));
  await byId(page, 'take').click();
  await eventually(async () => assert.match(await status(page).innerText(), /研判中/));
  await byId(page, 'onward').click();
  await eventually(async () => assert.match(await status(page).innerText(), /处置中/));
}

/** Somebody else decides the level while the form is open, and this page has not heard of it. */
async function conflict(page) {
  await byId(page, 'grade').click();
  const held = [];
  const whole = `**/api/v1/incidents/${ID}`;
  await page.route(whole, (route) => (route.request().method() === 'GET' ? held.push(route) : route.continue()));
  const other = await page.context().newPage();
  await at(other);
  await byId(other, 'grade').click();
  await byId(other, 'grade-save').click();
  await saved(other);
  await other.close();
  const answer = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await byId(page, 'grade-save').click();
  assert.equal((await answer).status(), 412);
  await page.unroute(whole);
  await Promise.all(held.map((route) => route.continue().catch(() => {}))); // the page may have given one up
  await page.getByText('刚刚有人改过').waitFor();
  await byId(page, 'grade-save').click(); // once more, on what stands now
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

async function tasks(page) {
  await at(page, 'tasks');
  await byId(page, 'add-task').click();
  await page.getByLabel('要做什么').fill('隔离服务器，保全访问日志');
  await byId(page, 'task-save').click();
  const task = page.locator('[data-testid^="task-"]').filter({ hasText: '隔离服务器' });
  await task.waitFor();
  await task.getByRole('checkbox').click();
  await eventually(async () => assert.equal(await task.getByRole('checkbox').isChecked(), true));
  await byId(page, 'add-task').click();
  await page.getByLabel('要做什么').fill('查找同一来源访问过的其他网站');
  await page.getByLabel('完成时限').fill('2031-01-01 12:00');
  await page.keyboard.press('Enter');
  await byId(page, 'task-save').click();
  await page.locator('[data-testid^="task-"]').filter({ hasText: '同一来源' }).locator('.countdown').waitFor();
}

async function note(page) {
  await at(page, 'history');
  await byId(page, 'note').fill('电话告知教务处，对方正在断网。<img src=x onerror=alert(1)>');
  await byId(page, 'note-save').click();
  await byId(page, 'history').getByText('电话告知教务处', { exact: false }).waitFor();
}

async function evidence(page) {
  await at(page, 'evidence');
  await byId(page, 'file-input').setInputFiles({ name: '访问日志.txt', mimeType: 'text/plain', buffer: SAMPLE });
  const hash = createHash('sha256').update(SAMPLE).digest('hex');
  assert.equal((await byId(page, 'file-hash').innerText()).trim(), hash);
  await byId(page, 'file-sure').click();
  const row = page.locator('li.file');
  await row.getByText(hash).waitFor();
  await page.locator('button[data-testid^="custody-"]').click();
  await byId(page, 'custody').getByText('存入').waitFor();
  const download = page.waitForEvent('download');
  await page.locator('[data-testid^="download-"]').click();
  const file = await download;
  assert.equal(file.suggestedFilename(), '访问日志.txt');
  assert.deepEqual(await readFile(await file.path()), SAMPLE);
}

async function graph(page) {
  await at(page, 'graph');
  await byId(page, 'graph').locator('canvas').waitFor();
  await byId(page, 'graph-nodes').getByRole('button').first().click();
  await byId(page, 'graph-chosen').waitFor();
  assert.match(page.url(), /node=/);
  await byId(page, 'graph-chosen').getByRole('link').nth(1).click();
  await byId(page, 'incident-alerts').waitFor();
  assert.match(page.url(), /alerts\?about=/);
}

/** An alert leaves for an incident of its own, and comes back. */
async function split(page) {
  await at(page, 'alerts');
  const rows = byId(page, 'incident-alerts').locator('tbody tr.ant-table-row');
  await rows.first().waitFor();
  const before = await rows.count();
  await rows.first().getByRole('checkbox').check();
  await byId(page, 'split').click();
  await byId(page, 'split-sure').click();
  await eventually(async () => assert.ok(!page.url().includes(`/incidents/${ID}`)));
  await byId(page, 'undo').click();
  await eventually(async () => assert.match(page.url(), new RegExp(`/incidents/${ID}$`)));
  await byId(page, 'tab-alerts').click();
  await eventually(async () => assert.equal(await rows.count(), before));
}

async function timeline(page) {
  await at(page, 'timeline');
  await byId(page, 'timeline').locator('canvas').waitFor();
  await byId(page, 'timeline').getByText('隔离服务器', { exact: false }).first().waitFor();
  await byId(page, 'lane-note').click();
  assert.match(page.url(), /kind=note/);
  await eventually(async () => assert.equal(await byId(page, 'timeline').locator('.line').count(), 1));
}

async function linkOfUnit() {
  const lines = (await readFile(SINK, 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  const link = lines.map(({ text }) => /https:\/\/\S*\/reply#[0-9a-f]+/.exec(text ?? '')?.[0]).find(Boolean);
  assert.ok(link, 'no mail with a link');
  return link;
}

async function notify(page) {
  await at(page);
  await byId(page, 'notify').click();
  await byId(page, 'notify-sure').click();
  await byId(page, 'rectification').waitFor();
  await isAccessible(page, 'draft of a notification');
  await page.getByLabel('标题').fill('教务系统被上传网页木马');
  const download = page.waitForEvent('download');
  await byId(page, 'preview').click();
  const file = await readFile(await (await download).path());
  assert.equal(file.subarray(0, 5).toString(), '%PDF-');
  await shootAll(page, 'rectification-draft', () => byId(page, 'send').waitFor());
  await byId(page, 'send').click();
  await byId(page, 'send-sure').click();
  await eventually(async () => assert.match(await byId(page, 'notice-state').innerText(), /已发送/));
}

/** The unit, by its link, in the same browser. */
async function reply(page) {
  const link = await eventually(linkOfUnit);
  const unit = await page.context().newPage();
  await unit.goto(link);
  const get = (name) => unit.getByTestId(name);
  await get('confirm').click();
  await get('cause').fill('上传目录可以执行脚本');
  await get('measures').fill('删除木马，禁止上传目录执行脚本');
  await get('result').fill('已恢复，复查没有发现木马');
  await get('submit').click();
  await get('submit-yes').click();
  await unit.getByText('报告已提交').waitFor();
  await unit.close();
}

async function accept(page) {
  await page.reload();
  await byId(page, 'answer').getByText('删除木马', { exact: false }).waitFor();
  await isAccessible(page, 'rectification');
  await shootAll(page, 'rectification', () => byId(page, 'answer').waitFor());
  await byId(page, 'do-return').waitFor();
  await byId(page, 'do-accept').click();
  await byId(page, 'step-sure').click();
  await eventually(async () => assert.match(await byId(page, 'notice-state').innerText(), /已通过/));
  await page.goto(`${BASE}/rectifications`);
  await byId(page, 'rectifications').getByText('已通过').waitFor();
  await isAccessible(page, 'rectifications');
  await shootAll(page, 'rectifications', () => byId(page, 'rectifications').waitFor());
  await byId(page, 'turn-centre').click();
  await byId(page, 'empty').waitFor();
}

async function report(page) {
  await page.goto(`${BASE}/reports`);
  await byId(page, 'due').waitFor();
  await isAccessible(page, 'reports');
  await shootAll(page, 'reports', () => byId(page, 'due').waitFor());
  await at(page, 'reports');
  const card = byId(page, 'reports').locator('li.report-pending').first();
  await card.waitFor();
  const which = await card.getAttribute('data-testid');
  await card.locator('[data-testid^="submit-"]').click();
  await page.getByLabel('报送方式').fill('电话');
  await page.getByLabel('回执号或接收人').fill('省厅值班室 007');
  await byId(page, 'submit-sure').click();
  await byId(page, which).getByText('回执 省厅值班室 007').waitFor();
}

async function everyTab(page) {
  for (const tab of TABS) {
    await at(page, tab);
    await byId(page, `tab-${tab}`).waitFor();
    await page.waitForLoadState('networkidle');
    await isAccessible(page, `incident ${tab}`);
    await shootAll(page, `incident-${tab}`, () => byId(page, `tab-${tab}`).waitFor());
  }
  if (!SHOTS) return;
  await page.setViewportSize(SIZES[1]);
  for (const tab of ['overview', 'graph', 'timeline']) {
    await at(page, tab);
    await byId(page, tab === 'overview' ? 'sentence' : tab).waitFor();
    await page.waitForLoadState('networkidle');
    await shoot(page, `incident-${tab}-wide`);
  }
  await page.setViewportSize({ width: 1024, height: 768 });
  await at(page);
  await page.waitForLoadState('networkidle');
  await shoot(page, 'incident-overview-narrow');
  await page.setViewportSize(SIZES[0]);
}

async function closeAndReopen(page) {
  await at(page);
  await byId(page, 'close').click();
  await byId(page, 'still-open').waitFor();
  await byId(page, 'close-sure').click();
  await page.getByText('请写明处置结论').waitFor(); // asks for what is missing
  await shoot(page, 'incident-close');
  await page.getByLabel('处置结论').fill('上传漏洞已修补，木马已删除，未发现数据外泄。');
  await byId(page, 'close-sure').click();
  await eventually(async () => assert.match(await status(page).innerText(), /已关闭/));
  await byId(page, 'reopen').click();
  await byId(page, 'reopen-sure').click();
  await eventually(async () => assert.match(await status(page).innerText(), /研判中/));
}

/** A unit's own people see what is theirs, and nothing to change it with. */
async function unitLooksOn(page) {
  await byId(page, 'user').click();
  await page.getByText('退出登录').click();
  await signIn(page, 'luo', 'luo of the campus');
  await page.goto(`${BASE}/incidents`);
  await byId(page, `incident-${ID}`).waitFor();
  assert.equal(await page.locator('tr.row').count(), 1, 'sees more than its own');
  assert.equal(await page.locator('tr.row').getByRole('checkbox').count(), 0);
  for (const tab of TABS) {
    await at(page, tab);
    await byId(page, `tab-${tab}`).waitFor();
    await page.waitForLoadState('networkidle');
    assert.equal(await page.locator('.ant-alert-error').count(), 0, `an error on ${tab}`);
    for (const action of ['take', 'close', 'notify', 'merge', 'grade', 'add-task', 'note'])
      assert.equal(await byId(page, action).count(), 0, `${action} is offered on ${tab}`);
    assert.equal(await page.locator('main a[href^="/alerts"], main a[href^="/entity"]').count(), 0, `a way out on ${tab}`);
  }
  await shoot(page, 'incident-of-unit');
}

await walkThrough('incidents', [
  enter,
  list,
  takeSeveral,
  take,
  conflict,
  tasks,
  note,
  evidence,
  graph,
  split,
  timeline,
  notify,
  reply,
  accept,
  report,
  everyTab,
  closeAndReopen,
  unitLooksOn,
]);
