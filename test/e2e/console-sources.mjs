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

await walkThrough('sources', [theList, theGrid, oneSource, wizard, unknownLines]);
