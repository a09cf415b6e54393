// SPDX-License-Identifier: Apache-2.0
// Sources of logs: the list, the grid of silence, one source, the wizard that hears a new one, and a drafted format.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { BASE, byId, eventually, isAccessible as examine, shoot, shootAll, signIn, SIZES, walkThrough } from './browser.mjs';

/** With the mouse away: what it points at has another colour. */
const isAccessible = async (page, name) => {
  await page.mouse.move(2, 2);
  await page.waitForTimeout(300);
  await examine(page, name);
};

const env = process.env;
const NEW = '127.0.0.77';

/** A line of syslog over UDP from an address of one's own. */
const say = (address, line) =>
  new Promise((done, fail) => {
    const socket = createSocket('udp4');
    socket.on('error', fail);
    socket.bind(0, address, () =>
      socket.send(line, Number(env.WANGLOU_SYSLOG), '127.0.0.1', () => socket.close(done)),
    );
  });

async function theList(page) {
  await signIn(page, env.WANGLOU_USER, env.WANGLOU_PASSWORD);
  await page.goto(`${BASE}/sources`);
  const table = byId(page, 'sources');
  await table.getByText('127.0.0.11', { exact: true }).waitFor();
  await table.getByText('门户网站主机').waitFor();
  assert.match(await table.innerText(), /openssh/);
  assert.match(await table.innerText(), /未识别格式/);
  await byId(page, 'total-learning').click();
  await eventually(async () => assert.equal(await table.getByText('127.0.0.11', { exact: true }).count(), 0));
  assert.match(page.url(), /state=learning/);
  await table.getByText('127.0.0.13', { exact: true }).waitFor();
  await byId(page, 'total-learning').click();
  await page.getByText('按日志格式').click();
  await table.locator('.source-group').first().waitFor();
  await page.goto(`${BASE}/sources`);
  await table.getByText('127.0.0.11', { exact: true }).waitFor();
  await isAccessible(page, 'sources');
}

/** Whether something but one colour was drawn. */
const isPainted = (canvas) =>
  canvas.evaluate((element) => {
    const { data } = element.getContext('2d').getImageData(0, 0, element.width, element.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 64) seen.add(`${data[i]} ${data[i + 1]} ${data[i + 2]} ${data[i + 3]}`);
    return seen.size > 4;
  });

async function theGrid(page) {
  const canvas = byId(page, 'heat').locator('canvas');
  await canvas.first().waitFor();
  await eventually(async () => assert.ok(await isPainted(canvas.first()), 'nothing is painted'));
  await byId(page, 'verdict').waitFor();
  const waiting = page.waitForEvent('download');
  await byId(page, 'statement-csv').click();
  assert.match((await waiting).suggestedFilename(), /^wanglou-coverage-.*\.csv$/);
  await page.setViewportSize(SIZES[1]);
  await shoot(page, 'sources-wide');
  await page.setViewportSize(SIZES[0]);
  await shootAll(page, 'sources', async () => byId(page, 'heat').locator('canvas').first().waitFor());
}

async function oneSource(page) {
  await page.goto(`${BASE}/sources`);
  await byId(page, 'sources').getByText('127.0.0.14', { exact: true }).click();
  await byId(page, 'source').waitFor();
  await page.getByText(/^(没读懂的|Not understood)$/).click();
  await byId(page, 'show-lines').click();
  const raw = byId(page, 'raw-line').first();
  await raw.waitFor();
  assert.match(await raw.innerText(), /⟨U\+001B⟩\[31m⟨U\+202E⟩<b>/, 'what a line hides is seen');
  await page.locator('.bars li').first().waitFor();
  await isAccessible(page, 'source');
  await shootAll(page, 'source', async () => byId(page, 'source').locator('canvas').first().waitFor());
}

async function wizard(page) {
  await page.goto(`${BASE}/sources/add`);
  await byId(page, 'find-device').fill('rsyslog');
  await byId(page, 'device-rsyslog-udp').click();
  await byId(page, 'listener-local').waitFor();
  await byId(page, 'fill-host').fill('10.0.0.9');
  const snippet = byId(page, 'guide').getByText(`*.info @10.0.0.9:${env.WANGLOU_SYSLOG}`);
  await snippet.waitFor();
  await byId(page, 'listening').waitFor();
  await byId(page, 'listen-peer').fill('not an address');
  await page.getByRole('alert').getByText(/这不是地址|no address/).waitFor();
  await byId(page, 'listen-peer').fill(NEW);
  await say(NEW, `<38>Nov 22 10:00:00 new1 sshd[7]: Failed password for root from 203.0.113.5 port 4000 ssh2`);
  const heard = byId(page, 'heard');
  await heard.waitFor();
  assert.match(await heard.innerText(), new RegExp(NEW));
  assert.match(await heard.innerText(), /openssh/);
  await byId(page, 'heard-lines').click();
  await byId(page, 'raw-line').getByText('new1 sshd[7]').waitFor();
  await isAccessible(page, 'add-source');
  await shoot(page, 'add-source-heard');
  await byId(page, 'find-device').fill('');
  await byId(page, 'device-h3c-comware').click();
  await byId(page, 'untried').waitFor();
  await shootAll(page, 'add-source', async () => byId(page, 'guide').waitFor());
}

async function unknownLines(page) {
  await page.goto(`${BASE}/sources/unknown`);
  const table = byId(page, 'templates');
  await table.getByText('doorkeeper').first().waitFor();
  await table.locator('.template-token').first().waitFor();
  await table.locator('.ant-table-row-expand-icon').first().click();
  await isAccessible(page, 'unknown');
  await table.locator('tr', { hasText: 'doorkeeper' }).first().locator('[data-testid="to-draft"]').click();
  const yaml = byId(page, 'draft-yaml');
  await yaml.waitFor();
  assert.match(await yaml.innerText(), /^id: draft-127-0-0-12-doorkeeper$/m);
  const waiting = page.waitForEvent('download');
  await byId(page, 'draft-download').click();
  assert.equal((await waiting).suggestedFilename(), 'draft-127-0-0-12-doorkeeper.yaml');
  await shoot(page, 'unknown-draft');
  await isAccessible(page, 'draft');
  await page.keyboard.press('Escape');
  await shootAll(page, 'unknown', async () => table.waitFor());
}

const dialog = (page) => page.getByRole('dialog').filter({ hasText: '静默报备' });
const confirm = (page) => dialog(page).getByRole('button', { name: /保\s*存/ }).click();

/** A silence that is known of: it is shown as one, by whom, why and until when; changed, and taken back. */
async function announceSilence(page) {
  await page.goto(`${BASE}/sources`);
  await byId(page, 'sources').getByText('127.0.0.13', { exact: true }).click();
  await byId(page, 'announce').click();
  await confirm(page);
  await dialog(page).getByText('请写明原因').waitFor();
  await dialog(page).locator('#reason').fill('停机检修');
  await isAccessible(page, 'announce');
  await shoot(page, 'announce');
  await confirm(page);
  const notice = byId(page, 'acknowledged');
  await notice.getByText(/已报备：停机检修，至 \d{4}-/).waitFor();
  await dialog(page).waitFor({ state: 'hidden' });
  assert.match(await notice.innerText(), new RegExp(`${env.WANGLOU_USER} 于`));
  await page.locator('.source-state').first().waitFor();
  await isAccessible(page, 'source-announced');
  await shootAll(page, 'source-announced', () => notice.waitFor());
  await byId(page, 'announce').click();
  await dialog(page).locator('#reason').fill('更换主板');
  await confirm(page);
  await notice.getByText(/已报备：更换主板/).waitFor();
  await dialog(page).waitFor({ state: 'hidden' });
  await page.goto(`${BASE}/sources`);
  const row = byId(page, 'sources').locator('tr', { hasText: '127.0.0.13' });
  await row.getByText(/已报备至 \d\d-\d\d/).waitFor();
  await shootAll(page, 'sources-announced', () => row.waitFor());
  await row.getByText('127.0.0.13', { exact: true }).click();
  await byId(page, 'take-back').click();
  await notice.waitFor({ state: 'detached' });
  await page.locator('.ant-message').getByTestId('undo').last().click();
  await notice.getByText(/已报备：更换主板/).waitFor();
}

/** The list by unit and by way in, its words, the days and the rows of the grid, both files of the statement. */
async function looksAtAll(page) {
  await page.goto(`${BASE}/sources`);
  const table = byId(page, 'sources');
  await table.getByText('127.0.0.11', { exact: true }).waitFor();
  for (const group of ['按单位', '按接入方式', '不分组']) {
    await page.getByText(group, { exact: true }).click();
    await table.getByText('127.0.0.11', { exact: true }).waitFor();
  }
  const words = page.getByRole('textbox', { name: '名称、地址、格式、单位' });
  await words.fill('门户网站');
  await eventually(async () => assert.equal(await table.locator('tbody .ant-table-row').count(), 1));
  await words.fill('没有这样的');
  await table.getByText('没有符合条件的日志源').waitFor();
  await words.fill('');
  for (const days of ['1 天', '7 天', '180 天']) await page.getByText(days, { exact: true }).first().click();
  await eventually(() => assert.match(page.url(), /days=180/));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '导出 JSON' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /\.json$/);
  await page.getByText('空白明细').click();
  await page.locator('details').getByText('起', { exact: true }).waitFor();
}

await walkThrough('sources', [theList, theGrid, oneSource, looksAtAll, announceSilence, wizard, unknownLines]);
