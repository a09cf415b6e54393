// SPDX-License-Identifier: Apache-2.0
// The unit's page in a real browser, on a desk and on a telephone: WANGLOU_STEP first (confirm, ask, report, attach,
// submit), second (a returned report), bad (a link that does not work). Any complaint of the browser fails it.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { chromium } = createRequire(new URL('../../ui/package.json', import.meta.url))('playwright-core');

const { WANGLOU_LINK: LINK, WANGLOU_STEP: STEP, WANGLOU_SHOTS: SHOTS } = process.env;
const complaints = [];
const asked = [];

const profile = await mkdtemp(join(tmpdir(), 'wanglou-reply-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ignoreHTTPSErrors: true,
  acceptDownloads: true,
  viewport: { width: 1280, height: 900 },
  timezoneId: 'Asia/Shanghai',
});
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(20_000);
page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
page.on('console', (message) => {
  if (message.type() === 'error' && !/status of 401/.test(message.text())) complaints.push(message.text());
});
page.on('request', (request) => asked.push(request.url() + JSON.stringify(request.headers().referer ?? '')));

const get = (name) => page.getByTestId(name);

async function shoot(name) {
  if (!SHOTS) return;
  await mkdir(SHOTS, { recursive: true });
  for (const [size, width] of [['desk', 1280], ['phone', 390]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(SHOTS, `reply-${name}-${size}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function fitsTelephone() {
  await page.setViewportSize({ width: 360, height: 740 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `the page is ${wide} wide on a telephone of 360`);
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function fill() {
  await get('cause').fill('上传目录可以执行脚本');
  await get('measures').fill('删除木马，禁止上传目录执行脚本');
  await get('result').fill('已恢复，复查没有发现木马');
}

async function first() {
  await get('confirm').waitFor();
  await shoot('sent');
  await fitsTelephone();
  await get('confirm').click();
  await page.getByText('陈敏 于').waitFor();
  await get('reason').fill('等待厂商补丁');
  await get('ask').click();
  await get('extension-state').waitFor();
  await get('submit').click(); // nothing is written yet
  await page.getByRole('alert').getByText('请先填写').waitFor();
  await get('cause').fill('草稿');
  await page.getByText('草稿已保存').waitFor(); // by itself
  await page.reload();
  assert.equal(await get('cause').inputValue(), '草稿');
  await fill();
  await get('file').setInputFiles({ name: '扫描报告.txt', mimeType: 'text/plain', buffer: Buffer.from('没有发现木马') });
  await page.getByRole('button', { name: '扫描报告.txt' }).waitFor();
  assert.equal(await get('result').inputValue(), '已恢复，复查没有发现木马'); // an upload takes nothing away
  await get('file').setInputFiles({ name: 'tool.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ') });
  await page.getByRole('alert').getByText('不支持这种文件').waitFor();
  await shoot('written');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: '下载通知书' }).click();
  assert.match((await download).suggestedFilename(), /\.pdf$/);
  await get('submit').click();
  await shoot('asked');
  await get('submit-yes').click();
  await page.getByText('报告已提交').waitFor();
  assert.equal(await get('submit').count(), 0);
  await shoot('reported');
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of 415/.test(text)));
}

async function second() {
  await page.getByText('请补充日志').first().waitFor();
  await shoot('returned');
  await get('cause').fill('上传目录可以执行脚本（日志见附件）');
  await get('submit').click();
  await get('submit-yes').click();
  await page.getByText('报告已提交').waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByText('Cause', { exact: true }).waitFor();
  await shoot('english');
  await fitsTelephone();
}

async function bad() {
  await get('bad-link').waitFor();
  await shoot('bad');
  await fitsTelephone();
}

let failed;
try {
  await page.goto(LINK);
  await { first, second, bad }[STEP]();
  const secret = LINK.split('#')[1];
  if (secret) assert.deepEqual(asked.filter((text) => text.includes(secret)), [], 'the secret left in an address');
  assert.deepEqual(complaints, []);
} catch (error) {
  failed = error;
  await page.screenshot({ path: join(SHOTS || tmpdir(), 'reply-failed.png'), fullPage: true });
}
await context.close();
await rm(profile, { recursive: true, force: true });
if (failed) {
  console.error(`rectification.mjs ${STEP}:`, failed, complaints);
  process.exit(1);
}
