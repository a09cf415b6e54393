// SPDX-License-Identifier: Apache-2.0
// Work on one incident, in a real browser: tasks in the order people want, the chain of custody on paper, and a graph of two
// hundred things.
//
//	WANGLOU_URL, WANGLOU_SHOTS, CHROMIUM   as console.mjs has them
//	WANGLOU_SYSLOG   port of the program's syslog over TCP
//	WANGLOU_FORM     where the chain of custody that the page makes is kept, as PDF
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { ask, BASE, byId, dialog, eventually, isAccessible, quiet, shoot, shootAll, signIn, SIZES, undo, walkThrough } from './browser.mjs';

const { WANGLOU_SYSLOG: SYSLOG, WANGLOU_FORM: FORM } = process.env;
const SAMPLE = Buffer.from('Nov 23 06:00:01 web-c01 useradd[4188]: new user: name=support\n');
const USERS = 200;
/** Some 400 ms where nothing else runs. */
const DRAWN_MS = 5000;
const LARGE_SIZES = [
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];

/** What one step leaves for those behind it. */
const kept = { incident: undefined };

const open = (page, { id }, tab) => page.goto(`${BASE}/incidents/${id}/${tab}`);

async function enter(page) {
  await signIn(page, 'li', 'li of the campus');
  const { items } = await ask(page, '/incidents?open=true&drill=true&limit=100');
  kept.incident = items.at(-1);
}

const taskRow = (page, title) => page.locator('li.task').filter({ hasText: title });
const openTasks = (page) => page.locator('li.task-open .task-title').allInnerTexts();
const orderIs = (page, titles) => eventually(async () => assert.deepEqual(await openTasks(page), titles));

async function addTask(page, title) {
  await byId(page, 'add-task').click();
  await page.getByLabel('要做什么').fill(title);
  await byId(page, 'task-save').click();
  await taskRow(page, title).waitFor();
}

/** In the order people want, by button and by keyboard; the server keeps it, and the focus stays with the task. */
async function tasksInOrder(page) {
  await quiet(page);
  await open(page, kept.incident, 'tasks');
  for (const title of ['隔离主机', '保全日志', '通知单位']) await addTask(page, title);
  await orderIs(page, ['隔离主机', '保全日志', '通知单位']);
  const third = taskRow(page, '通知单位');
  await third.getByRole('button', { name: '上移：通知单位' }).click();
  await orderIs(page, ['隔离主机', '通知单位', '保全日志']);
  await byId(page, 'moved').getByText('已移到第 2 位，共 3 位').waitFor({ state: 'attached' });
  await page.keyboard.press('Enter'); // the button that was pressed has the focus still
  await orderIs(page, ['通知单位', '隔离主机', '保全日志']);
  await page.keyboard.press('Alt+ArrowDown');
  await orderIs(page, ['隔离主机', '通知单位', '保全日志']);
  await page.keyboard.press('Alt+ArrowDown');
  await orderIs(page, ['隔离主机', '保全日志', '通知单位']);
  await page.keyboard.press('Alt+ArrowDown'); // the last stays
  assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /通知单位/);
  await isAccessible(page, 'tasks');
  await shootAll(page, 'incident-tasks', () => third.waitFor());
  await page.reload();
  await orderIs(page, ['隔离主机', '保全日志', '通知单位']);
}

/** Somebody else moved it in between, and this page has not heard of it. */
async function orderOfTwo(page) {
  const held = [];
  const whole = `**/api/v1/incidents/${kept.incident.id}`;
  await page.route(whole, (route) => (route.request().method() === 'GET' ? held.push(route) : route.continue()));
  const other = await page.context().newPage();
  await open(other, kept.incident, 'tasks');
  await taskRow(other, '通知单位').getByRole('button', { name: '上移' }).click();
  await orderIs(other, ['隔离主机', '通知单位', '保全日志']);
  await other.close();
  const answer = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await taskRow(page, '通知单位').getByRole('button', { name: '上移' }).click();
  assert.equal((await answer).status(), 412);
  await page.unroute(whole);
  await Promise.all(held.map((route) => route.continue().catch(() => {})));
  await page.getByText('刚刚有人改过').waitFor();
  await orderIs(page, ['隔离主机', '通知单位', '保全日志']);
}

/** When it is due changes, and changes back; a task is dropped, taken up again, done. */
async function changeTask(page) {
  await quiet(page);
  const task = taskRow(page, '保全日志');
  const due = dialog(page).getByLabel('完成时限');
  await task.getByRole('button', { name: '修改' }).click();
  await due.fill('2031-01-01 12:00');
  await due.press('Enter');
  await byId(page, 'task-save').click();
  await task.locator('time.countdown').waitFor();
  await undo(page);
  await task.locator('time.countdown').waitFor({ state: 'detached' });
  await orderIs(page, ['隔离主机', '通知单位', '保全日志']);
  await task.getByRole('button', { name: '取 消' }).or(task.getByRole('button', { name: '取消' })).click();
  await orderIs(page, ['隔离主机', '通知单位']);
  await task.getByRole('button', { name: '重启任务' }).click();
  await orderIs(page, ['隔离主机', '通知单位', '保全日志']);
  await taskRow(page, '隔离主机').getByRole('checkbox').click();
  await orderIs(page, ['通知单位', '保全日志']);
}

/** On paper: what there is, by its hash, and who had it in hand, this one included. */
async function custody(page) {
  await open(page, kept.incident, 'evidence');
  await byId(page, 'file-input').setInputFiles({ name: '系统日志.txt', mimeType: 'text/plain', buffer: SAMPLE });
  await dialog(page).getByRole('textbox').fill('自主机导出');
  await byId(page, 'file-sure').click();
  await page.getByText(createHash('sha256').update(SAMPLE).digest('hex')).first().waitFor();
  await byId(page, 'file-sure').waitFor({ state: 'detached' });
  await isAccessible(page, 'evidence');
  await shoot(page, 'incident-evidence');
  for (const [id, magic] of [['custody-docx', 'PK'], ['custody-pdf', '%PDF']]) {
    const download = page.waitForEvent('download');
    await byId(page, id).click();
    const file = await download;
    assert.match(file.suggestedFilename(), new RegExp(`^证据保管链-${kept.incident.number}\\.`));
    if (id === 'custody-pdf') await file.saveAs(FORM);
    const bytes = await readFile(await file.path());
    assert.equal(bytes.subarray(0, magic.length).toString(), magic);
  }
  await page.locator('[data-testid^="custody-"]').last().click();
  await eventually(async () => assert.equal(await byId(page, 'custody').getByText('制表').count(), 2));
}

/** Two hundred accounts with the powers of root on four hosts, a few of them on all: one incident. */
async function attack() {
  const now = new Date().toUTCString().split(' ');
  const stamp = `${now[2]} ${String(Number(now[1])).padStart(2)} ${now[4]}`;
  const name = (i) => `svc${String(i).padStart(3, '0')}`;
  const line = (host, i) =>
    `<86>${stamp} ${host} useradd[4188]: new user: name=${name(i)}, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/2\n`;
  const all = Array.from({ length: USERS }, (_, i) => line(`web-c0${1 + (i % 4)}`, i));
  for (const host of ['web-c01', 'web-c02', 'web-c03', 'web-c04'])
    for (let i = 0; i < 6; i++) all.push(line(host, i));
  const socket = connect(Number(SYSLOG), '127.0.0.1');
  await new Promise((done) => socket.end(all.join(''), done));
}

async function largest(page) {
  const { items } = await ask(page, '/incidents?drill=false&open=true&limit=100');
  const incident = items.sort((a, b) => b.alerts - a.alerts)[0];
  assert.ok(incident?.alerts >= USERS, JSON.stringify(items.map((each) => [each.number, each.alerts, each.drill])));
  return incident;
}

/** Milliseconds from the click to the picture. */
const redrawn = (page) =>
  page.evaluate(async () => {
    const begun = performance.now();
    document.querySelector('[data-testid="graph-all"]').click();
    const drawn = () => document.querySelector('[data-testid="graph"] [role="img"][aria-label*="204"]');
    while (!drawn()) await new Promise((done) => requestAnimationFrame(done));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begun;
  });

/** Two hundred things: what is alike stands as one, each is found by typing, and all of them are drawn in no time. */
async function largeGraph(page) {
  await attack();
  const { id } = await eventually(() => largest(page), 30_000);
  const canvas = byId(page, 'graph').locator('canvas');
  for (const size of LARGE_SIZES) {
    await page.setViewportSize(size);
    await page.goto(`${BASE}/incidents/${id}/graph`);
    await canvas.waitFor();
    assert.match(await page.locator('.graph-chart [role="img"]').getAttribute('aria-label'), /关系图：1?\d 个对象/);
    await isAccessible(page, 'large graph');
    await shoot(page, 'graph-large');
    const ms = await redrawn(page);
    assert.ok(ms < DRAWN_MS, `${Math.round(ms)} ms to draw`);
    await page.waitForURL(/all=true/);
    await shoot(page, 'graph-large-all');
  }
  await page.setViewportSize(SIZES[0]);
  await page.goto(`${BASE}/incidents/${id}/graph`);
  await byId(page, 'graph-find').fill('svc17');
  await eventually(async () => assert.equal(await byId(page, 'graph-nodes').getByRole('listitem').count(), 10));
  await byId(page, 'graph-find').press('Enter');
  await byId(page, 'graph-chosen').getByRole('link', { name: 'svc170' }).waitFor();
  await byId(page, 'graph-chosen').getByRole('button', { name: 'web-c03' }).waitFor();
  await shoot(page, 'graph-found');
  await byId(page, 'graph-back').click();
  await byId(page, 'graph-find').fill('nobody');
  await byId(page, 'graph').getByText('没有这样的对象').waitFor();
  await page.goto(`${BASE}/incidents/${id}/graph`);
  const groups = byId(page, 'graph-groups').getByRole('button');
  await groups.first().waitFor();
  assert.equal(await groups.count(), 5, 'those of each host, and those of all');
  await groups.filter({ hasText: 'web-c01' }).filter({ hasText: /^(48|49) / }).focus();
  await page.keyboard.press('Enter');
  await byId(page, 'graph-group').getByRole('heading', { name: /^4[89] 个账号/ }).waitFor();
  await isAccessible(page, 'group of a graph');
  await byId(page, 'graph-group').getByRole('button', { name: 'svc100' }).click();
  await byId(page, 'graph-chosen').getByRole('link', { name: 'svc100' }).waitFor();
}

await walkThrough('console-work', [enter, tasksInOrder, orderOfTwo, changeTask, custody, largeGraph]);
