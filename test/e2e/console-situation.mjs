// SPDX-License-Identifier: Apache-2.0
// Walks through the situation and the screen for the wall, as a reader.
//
//	WANGLOU_USER, WANGLOU_PASSWORD  an account of the role reader
//	WANGLOU_TOKEN                   an API token of it, for the wall
//	WANGLOU_MAP, WANGLOU_MAPS       a map of the campus, and the folder where one takes effect
import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE, byId, eventually, expectComplaint, isAccessible, SIZES, SHOTS, shoot, shootAll, signIn, walkThrough } from './browser.mjs';

const { WANGLOU_USER: USER, WANGLOU_PASSWORD: PASSWORD, WANGLOU_TOKEN: TOKEN } = process.env;
const { WANGLOU_MAP: MAP, WANGLOU_MAPS: MAPS } = process.env;
const VIEWS = ['total', 'assets', 'hazards', 'attacks', 'incidents', 'notices'];
const WALLS = [
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
];

const overview = (page) => byId(page, 'overview');

async function sentence(page) {
  await signIn(page, USER, PASSWORD);
  await overview(page).waitFor();
  // The clocks begin some seconds after the incidents.
  await eventually(async () => {
    const text = await byId(page, 'situation').innerText();
    assert.match(text, /起.*事件.*待处置/s, 'what is open');
    assert.match(text, /最急：.+(上报|超时)/s, 'what presses most, and its clock');
    assert.match(text, /演练/, 'that it is a drill');
  }, 60_000);
}

async function everyNumberLeads(page) {
  const addresses = await byId(page, 'situation')
    .locator('a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  assert.ok(addresses.some((to) => to.startsWith('/incidents?level=')), 'incidents by level');
  assert.ok(addresses.some((to) => /^\/incidents\/\d+$/.test(to)), 'the most urgent one');
  assert.ok(addresses.some((to) => to.startsWith('/alerts?')), 'alerts');
  assert.ok(addresses.some((to) => to.startsWith('/events')), 'events');
}

async function indexIsExplained(page) {
  const index = Number(await byId(page, 'threat').locator('b').innerText());
  await byId(page, 'threat').click();
  const parts = byId(page, 'threat-parts');
  await parts.waitFor();
  const points = await parts.locator('tbody td:last-child').allInnerTexts();
  const sum = points.map((text) => Number.parseInt(text, 10)).reduce((a, b) => a + b, 0);
  assert.equal(sum, index, 'the parts add up to the index');
  await shoot(page, 'situation-threat');
  await page.keyboard.press('Escape');
  await parts.waitFor({ state: 'hidden' });
}

const choose = (page, name) => page.locator('.places-panel .ant-segmented-item', { hasText: name }).click();

/** Something is drawn on the map, and not only its canvas there. */
const isDrawn = (page) =>
  eventually(async () => {
    const inked = await page
      .locator('.places-map canvas')
      .first()
      .evaluate((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.reduce((sum, byte, i) => sum + (i % 4 === 3 && byte > 0 ? 1 : 0), 0) / (data.length / 4);
      });
    assert.ok(inked > 0.1, `only ${inked} of the map is drawn`);
  });

async function worldAndChina(page) {
  await isDrawn(page);
  await page.locator('.places-list', { hasText: '中国台湾' }).waitFor();
  await page.getByText('示意图，未经审图').waitFor();
  await choose(page, '中国');
  await page.waitForURL(/map=china/);
  await page.locator('.places-list', { hasText: '台湾' }).waitFor();
  await isDrawn(page);
  await page.reload(); // the address says which map
  await isDrawn(page);
  await page.locator('.places-panel').scrollIntoViewIfNeeded();
  await shoot(page, 'situation-china');
  await choose(page, '日志来源');
  await page.waitForURL(/side=events/);
  await page.reload();
  await page.locator('.places-panel .ant-segmented-item-selected', { hasText: '日志来源' }).waitFor();
}

async function campus(page) {
  await choose(page, '校园');
  const zones = byId(page, 'zones');
  await zones.waitFor();
  assert.match(await zones.innerText(), /学生宿舍区有线网/);
  assert.equal(await page.locator('.places-map canvas').count(), 0, 'no map of the campus yet');
  await copyFile(MAP, join(MAPS, 'campus.json'));
  await page.reload();
  await page.locator('.places-map canvas').first().waitFor();
  await page.getByText('信息中心绘制').waitFor();
  await isDrawn(page);
  await page.locator('.places-panel').scrollIntoViewIfNeeded();
  await shoot(page, 'situation-campus');
  await rm(join(MAPS, 'campus.json'));
}

async function looks(page) {
  await page.goto(BASE);
  await overview(page).waitFor();
  await isAccessible(page, 'situation');
  const ready = () => page.locator('.places-map canvas').first().waitFor();
  for (const { width, height } of [SIZES[0], SIZES[1], { width: 1024, height: 768 }]) {
    await page.setViewportSize({ width, height });
    await shootAll(page, 'situation', ready);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `nothing stands out at ${width}`);
  }
  await page.setViewportSize(SIZES[0]);
}

// --- the screen ----------------------------------------------------------------------------------------------

const view = (page) => byId(page, 'screen').getAttribute('data-view');
const isView = (page, name) => eventually(async () => assert.equal(await view(page), name));

async function sixViews(page) {
  await page.goto(BASE);
  await byId(page, 'to-screen').click();
  for (const wall of WALLS) {
    await page.setViewportSize(wall);
    for (const name of VIEWS) {
      await page.goto(`${BASE}/screen/${name}?every=0`);
      await isView(page, name);
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(SHOTS ? 500 : 100);
      await shoot(page, `screen-${name}`);
      const [tall, wide, theme] = await page.evaluate(() => [
        document.documentElement.scrollHeight - innerHeight,
        document.documentElement.scrollWidth - innerWidth,
        document.documentElement.dataset.theme,
      ]);
      assert.ok(tall <= 0 && wide <= 0, `${name} does not scroll at ${wall.width}`);
      assert.equal(theme, 'dark');
      const cut = await page
        .locator('.wall-view')
        .evaluate((element) => element.scrollHeight - element.clientHeight);
      assert.ok(cut <= 1, `${name} has room at ${wall.width}: ${cut}`);
    }
    const unit = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
    assert.equal(unit, `${wall.width / 120}px`, 'one unit, by the width');
  }
  await page.setViewportSize(WALLS[0]);
  await isAccessible(page, 'screen');
}

async function rotation(page) {
  await page.goto(`${BASE}/screen?every=5`);
  await isView(page, 'total');
  await isView(page, 'assets');
  await page.keyboard.press(' ');
  await page.getByText('已暂停').waitFor();
  await page.waitForTimeout(5500);
  assert.equal(await view(page), 'assets', 'it stays while it is paused');
  await page.keyboard.press('ArrowRight');
  await isView(page, 'hazards');
  await page.keyboard.press('ArrowLeft');
  await isView(page, 'assets');
  await page.getByRole('button', { name: '通报' }).click();
  await isView(page, 'notices');
  assert.match(page.url(), /every=5/, 'the interval stays in the address');
}

/** The way to the server is cut and comes back: a mark, the old picture, and on by itself. */
async function serverAway(page) {
  await page.goto(`${BASE}/screen/total?every=0`);
  await isView(page, 'total');
  const first = await page.locator('.wall-first').innerText();
  expectComplaint(/net::ERR_INTERNET_DISCONNECTED/);
  await page.context().setOffline(true);
  await byId(page, 'trouble').waitFor({ timeout: 70_000 });
  assert.match(await byId(page, 'trouble').innerText(), /连不上服务器，画面停在 \d\d:\d\d/);
  assert.equal(await page.locator('.wall-first').innerText(), first, 'the last picture stays');
  await shoot(page, 'screen-away');
  await page.context().setOffline(false);
  await byId(page, 'trouble').waitFor({ state: 'detached', timeout: 70_000 });
}

/** A session that ends says so, and the screen is never blank. */
async function signedOut(page) {
  await page.context().clearCookies();
  await byId(page, 'signed-out').waitFor({ timeout: 40_000 });
  await shoot(page, 'screen-signed-out');
  assert.match(await byId(page, 'signed-out').innerText(), /已退出登录/);
}

/** With a token in its address a wall needs nobody; the token is off the address and in no cookie. */
async function tokenOfTheWall(page) {
  await page.goto('about:blank');
  await page.goto(`${BASE}/screen/total?every=0#token=${TOKEN}`);
  await isView(page, 'total');
  assert.ok(!page.url().includes('wlt_'), 'the token is taken off the address');
  await page.locator('.wall-first').waitFor();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.ok(!kept.includes('wlt_'), 'it is kept nowhere');
  await page.keyboard.press('ArrowRight');
  await isView(page, 'assets');
  await page.goto('about:blank');
  await page.goto(`${BASE}/screen#token=wlt_${'0'.repeat(64)}`);
  await byId(page, 'signed-out').waitFor();
}

walkThrough('console-situation', [
  sentence,
  everyNumberLeads,
  indexIsExplained,
  worldAndChina,
  campus,
  looks,
  sixViews,
  rotation,
  serverAway,
  signedOut,
  tokenOfTheWall,
]);
