// SPDX-License-Identifier: Apache-2.0
// Walks through the pages of detection rules: the list, the matrix, a text that is broken and repaired, a new rule made
// from a search, tested against the past, switched on, an alert of it, an exception from the alert, and everything
// back; packs: uploaded, tried, in force, upgraded, rolled back, removed.
//
//	WANGLOU_ANALYST  name:password of an analyst    WANGLOU_READER  of a reader
//	WANGLOU_SYSLOG   port of 127.0.0.1 that takes syslog
//	WANGLOU_PACKS    folder of campus.zip, newer.zip (another version of it) and evil.zip
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { BASE, byId, eventually, isAccessible, shoot, shootAll, signIn, undo, walkThrough } from './browser.mjs';

const env = process.env;
const ANALYST = env.WANGLOU_ANALYST.split(':');
const READER = env.WANGLOU_READER.split(':');
const PACKS = env.WANGLOU_PACKS;
const SYSLOG = Number(env.WANGLOU_SYSLOG);
const USER = `walker${Date.now() % 1_000_000}`;

/** Somebody signs in over SSH. */
function line(number) {
  const text = `<38>${new Date().toISOString()} lab-07 sshd[812]: Accepted password for ${USER} from 192.0.2.77 port ${40_000 + number} ssh2`;
  const socket = createSocket('udp4');
  return new Promise((done, fail) =>
    socket.send(text.replace('<38>', '<38>1 ').replace(' sshd[812]: ', ' sshd 812 - - '), SYSLOG, '127.0.0.1', (error) => {
      socket.close();
      error ? fail(error) : done();
    }),
  );
}

const number = async (locator) => Number((await locator.textContent()).replace(/\D/g, ''));

/** The text in the editor, all of it anew. */
async function write(page, text) {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

/** The editor draws what is in sight; this much always is. */
const shown = async (page) => (await page.locator('.cm-content').innerText()).slice(0, 200);

const saysLoads = (page) => page.getByText(/可以加载|It loads/).waitFor();

async function enter(page) {
  await line(1);
  await line(2);
  await signIn(page, ...ANALYST);
}

async function list(page) {
  await page.getByRole('link', { name: /^(检测规则|Rules)$/ }).first().click();
  await byId(page, 'rules').locator('tbody tr[data-row-key]').first().waitFor();
  const all = await number(byId(page, 'rule-total').first());
  assert.ok(all > 0);
  await isAccessible(page, 'rules');
  await shootAll(page, 'rules', () => byId(page, 'rules').locator('tbody tr[data-row-key]').first().waitFor());
  await page.goto(`${BASE}/rules?state=alerting`);
  await byId(page, 'rules').locator('tbody tr[data-row-key]').first().waitFor();
  assert.ok((await byId(page, 'rules').locator('.week a').count()) > 0, 'no rule has alerts');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await byId(page, 'bulk-off').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
}

async function bulk(page) {
  const rows = byId(page, 'rules').locator('tbody tr[data-row-key]');
  const ids = await rows.evaluateAll((all) => all.slice(0, 2).map((row) => row.dataset.rowKey));
  const isOn = (id) => page.locator(`tr[data-row-key="${id}"] .ant-switch-checked`).count();
  await byId(page, 'bulk-off').click();
  await page.locator('.ant-modal-confirm-btns .ant-btn-dangerous').click();
  await page.getByText(/请写明原因|Say why/).waitFor();
  await byId(page, 'reason').fill('quiet for a test');
  await page.locator('.ant-modal-confirm-btns .ant-btn-dangerous').click();
  for (const id of ids) await eventually(async () => assert.equal(await isOn(id), 0));
  await shoot(page, 'rules-bulk');
  await byId(page, 'undo').click();
  for (const id of ids) await eventually(async () => assert.equal(await isOn(id), 1));
}

/** Techniques have their Chinese names; the matrix is searched by those of sub-techniques too. */
async function inChinese(page) {
  await page.goto(`${BASE}/rules/coverage?q=${encodeURIComponent('口令喷洒')}`);
  await byId(page, 'matrix').waitFor();
  await eventually(async () => assert.deepEqual(await page.locator('.cell-name').allTextContents(), ['暴力破解']));
  assert.ok((await page.locator('.cell').getAttribute('title')).startsWith('Brute Force'));
  await page.goto(`${BASE}/rules/coverage`);
  await byId(page, 'matrix').waitFor();
}

async function matrix(page) {
  await page.goto(`${BASE}/rules/coverage`);
  await byId(page, 'matrix').waitFor();
  assert.equal(await page.locator('.matrix-column').count(), 14, 'columns');
  await isAccessible(page, 'coverage');
  await shootAll(page, 'rules-coverage', () => byId(page, 'matrix').waitFor());
  await inChinese(page);
  const cell = page.locator('.cell-visible a').first();
  const id = await cell.locator('.cell-id').textContent();
  await cell.click();
  await byId(page, 'rules').locator('tbody tr[data-row-key]').first().waitFor();
  assert.ok(page.url().includes(`technique=${id}`), page.url());
}

async function breakAndRepair(page) {
  await byId(page, 'rules').locator('tbody .rule-title a').first().click();
  await byId(page, 'editor').waitFor();
  await saysLoads(page);
  await isAccessible(page, 'rule');
  await shootAll(page, 'rule', () => saysLoads(page));
  const before = await shown(page);
  await write(page, 'title: Broken\nlogsource: {category: webserver}\ndetection:\n  s: {cs-uri-stem: x}\n  condition: t\n');
  const error = byId(page, 'findings').locator('li', { has: page.locator('.finding-error') });
  await error.first().waitFor();
  assert.match(await error.first().innerText(), /(第 5 行|line 5)/);
  assert.ok(await byId(page, 'save-rule').isDisabled(), 'a broken rule can be saved');
  await page.locator('.cm-lint-marker-error').first().waitFor();
  await shoot(page, 'rule-broken');
  await error.first().locator('button').click();
  await page.getByRole('button', { name: /放弃修改|Discard/ }).click();
  await eventually(async () => assert.equal(await shown(page), before));
  await saysLoads(page);
}

const TEXT = (id) => `title: Walker signs in
title_zh: 步行者登录
id: ${id}
logsource:
  service: sshd
detection:
  selection:
    user.name: ${USER}
  condition: selection
level: high
tags:
  - attack.initial-access
  - attack.t1078
tests:
  - name: somebody else
    match: false
    event: {user.name: other}
`;

const seen = {};

async function newRule(page) {
  await page.goto(`${BASE}/rules/new?q=${encodeURIComponent(`user.name: "${USER}" and event.dataset: "openssh"`)}`);
  await saysLoads(page);
  const made = await page.locator('.cm-content').innerText();
  assert.ok(made.includes(`user.name: "${USER}"`), made);
  seen.id = /^id: (\S+)$/m.exec(made)[1];
  await isAccessible(page, 'new rule');
  await shootAll(page, 'rule-new', () => saysLoads(page));
  seen.id = /^id: (\S+)$/m.exec(await page.locator('.cm-content').innerText())[1];
  await write(page, TEXT(seen.id));
  await saysLoads(page);
}

async function testAgainstThePast(page) {
  await byId(page, 'hunt-start').click();
  await page.locator('[data-testid="hunt"][data-state="done"]').waitFor({ timeout: 60_000 });
  assert.equal(await number(byId(page, 'hunt-sum')), 2, 'matches');
  assert.match(await byId(page, 'own-tests').innerText(), /全部通过|pass/);
  assert.ok((await byId(page, 'matches').locator('a').count()) >= 2);
  await isAccessible(page, 'test of a rule');
  await shoot(page, 'rule-test');
}

async function saveAndEnable(page) {
  await byId(page, 'add-rule').click();
  await page.waitForURL(`**/rules/${seen.id}`);
  const lever = byId(page, 'rule-switch');
  await lever.waitFor();
  assert.equal(await lever.getAttribute('aria-checked'), 'false');
  await lever.click();
  await eventually(async () => assert.equal(await lever.getAttribute('aria-checked'), 'true'));
}

async function anAlert(page) {
  await page.goto(`${BASE}/rules/${seen.id}?tab=statistics`);
  await byId(page, 'rule-tabs').waitFor();
  await eventually(async () => {
    await line(Math.floor(Math.random() * 1000));
    await page.goto(`${BASE}/alerts?rule=${seen.id}`);
    await byId(page, 'alerts').locator('tbody tr[data-row-key]').first().waitFor({ timeout: 3000 });
  }, 40_000);
  seen.alert = await byId(page, 'alerts').locator('tbody tr[data-row-key]').first().getAttribute('data-row-key');
  await page.goto(`${BASE}/rules/${seen.id}?tab=statistics`);
  await page.locator('.chart').waitFor();
  await isAccessible(page, 'statistics');
  await shootAll(page, 'rule-statistics', () => page.locator('.chart').waitFor());
}

async function exceptionFromAlert(page) {
  await page.goto(`${BASE}/rules/${seen.id}?tab=exceptions&alert=${seen.alert}`);
  const form = byId(page, 'exception-form');
  await form.waitFor();
  await eventually(async () => {
    const values = await form.locator('input').evaluateAll((all) => all.map(({ value }) => value));
    assert.ok(values.includes(USER), values.join());
  });
  await byId(page, 'try-exception').click();
  await page.locator('[data-testid="hunt"][data-state="done"]').waitFor({ timeout: 60_000 });
  await page.getByText(/被例外排除|excepted: /).waitFor();
  await isAccessible(page, 'exceptions');
  await shoot(page, 'rule-exception');
  await form.locator('textarea').fill('the walker is ours');
  await byId(page, 'add-exception').click();
  await byId(page, 'exceptions').getByText('the walker is ours').first().waitFor();
}

async function historyAndUndo(page) {
  await page.goto(`${BASE}/rules/${seen.id}?tab=history`);
  await byId(page, 'change').first().waitFor();
  assert.equal(await byId(page, 'change').count(), 4, 'saved, off, on, excepted');
  await isAccessible(page, 'history');
  await shoot(page, 'rule-history');
  await byId(page, 'undo-change').first().click();
  await page.locator('.ant-modal-confirm-btns .ant-btn-primary').click();
  await eventually(async () => assert.equal(await byId(page, 'change').count(), 5));
  await page.goto(`${BASE}/rules?view=exceptions`);
  await byId(page, 'empty').waitFor();
}

async function shipped(page) {
  await page.goto(`${BASE}/rules?pack=own`);
  await byId(page, 'rules').locator('tbody .rule-title a').first().click();
  await saysLoads(page);
  const text = await shown(page);
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.insertText('# seen by the campus\n');
  await saysLoads(page);
  await byId(page, 'save-rule').click();
  await byId(page, 'undo').click();
  await eventually(async () => assert.equal(await shown(page), text));
}

/** Uploads an archive and waits for what its dry run says. */
async function tryPack(page, file, version) {
  await byId(page, 'pack-file').setInputFiles(`${PACKS}/${file}`);
  if (version) await byId(page, 'pack-version').fill(version);
  await byId(page, 'pack-try').click();
  await page.locator('[data-testid="pack-trial"]:is([data-state="done"], [data-state="failed"])').waitFor({ timeout: 30_000 });
}

const inForce = (page, version) =>
  eventually(async () => assert.match(await byId(page, `version-${version}`).innerText(), /现用|in force/));

async function importPack(page) {
  await page.goto(`${BASE}/rules?view=packs`);
  await byId(page, 'packs').waitFor();
  await isAccessible(page, 'packs');
  await byId(page, 'import-pack').click();
  await byId(page, 'pack-file').waitFor({ state: 'attached' });
  await isAccessible(page, 'import of a pack');
  await shoot(page, 'pack-choose');
  await tryPack(page, 'evil.zip');
  await page.getByText('such a name is not taken').waitFor();
  await shoot(page, 'pack-evil');
  await page.locator('.ant-alert button').click();
  await tryPack(page, 'campus.zip', '1');
  await byId(page, 'pack-refused').click();
  await page.getByText('pack/rules/broken.yml').waitFor();
  assert.match(await byId(page, 'pack-trial').innerText(), /MIT License/);
  await page.reload();
  await byId(page, 'pack-enforce').waitFor();
  assert.equal(await page.evaluate(() => fetch('/api/v1/rules/packs').then((r) => r.json()).then((r) => r.items.length)), 2);
  await byId(page, 'pack-enforce').click();
  await inForce(page, '1');
  await isAccessible(page, 'a pack');
}

async function upgradePack(page) {
  await page.getByRole('link', { name: /2 条规则|2 rules/ }).click();
  await page.locator(`tr[data-row-key$="7b02"] .ant-switch`).click();
  await byId(page, 'reason').fill('the portal does that');
  await page.locator('.ant-modal-confirm-btns .ant-btn-dangerous').click();
  await byId(page, 'undo').waitFor();
  await page.goto(`${BASE}/rules/packs/campus`);
  await byId(page, 'pack-upgrade').click();
  await tryPack(page, 'newer.zip', '2');
  assert.equal(await byId(page, 'pack-versions').innerText(), '1 → 2');
  await byId(page, 'pack-loses').waitFor();
  for (const [key, count] of [['lost', 1], ['refused', 1], ['gone', 1], ['changed', 1], ['added', 1]])
    assert.equal(await number(byId(page, `pack-${key}`)), count, key);
  await isAccessible(page, 'dry run of a pack');
  await shootAll(page, 'pack-trial', () => byId(page, 'pack-enforce').waitFor());
  await byId(page, 'pack-enforce').click();
  await inForce(page, '2');
  await shootAll(page, 'pack', () => byId(page, 'versions').waitFor());
}

async function packBackAndAway(page) {
  await byId(page, 'back-1').click();
  await byId(page, 'reason').fill('too loud');
  await page.locator('.ant-modal-confirm-btns .ant-btn-dangerous').click();
  await inForce(page, '1');
  await undo(page, /换回版本 1|in force again/);
  await inForce(page, '2');
  await page.goto(`${BASE}/rules/import?name=campus`);
  await tryPack(page, 'newer.zip', '3');
  await byId(page, 'pack-same').waitFor();
  assert.ok(await byId(page, 'pack-enforce').isDisabled(), 'the same may be put in force again');
  await byId(page, 'pack-drop').click();
  await byId(page, 'pack-try').waitFor();
  await page.goto(`${BASE}/rules?view=packs`);
  await byId(page, 'packs').getByRole('link', { name: 'campus' }).waitFor();
  await shootAll(page, 'rules-packs', () => byId(page, 'packs').waitFor());
  await byId(page, 'packs').getByRole('link', { name: 'campus' }).click();
  await byId(page, 'pack-remove').click();
  await page.locator('.ant-modal-confirm-btns .ant-btn-dangerous').click();
  await page.waitForURL(/view=packs/);
  await eventually(async () => assert.equal(await byId(page, 'packs').getByRole('link', { name: 'campus' }).count(), 0));
}

async function aReader(page) {
  await page.context().clearCookies();
  await signIn(page, ...READER);
  await page.goto(`${BASE}/rules/${seen.id}`);
  await byId(page, 'editor').waitFor();
  assert.equal(await byId(page, 'save-rule').count(), 0, 'a reader may save');
  assert.ok(await byId(page, 'rule-switch').isDisabled());
  await page.goto(`${BASE}/rules`);
  await byId(page, 'rules').locator('tbody tr[data-row-key]').first().waitFor();
  assert.equal(await byId(page, 'new-rule').count(), 0, 'a reader may write rules');
  await page.goto(`${BASE}/rules?view=packs`);
  await byId(page, 'packs').waitFor();
  assert.equal(await byId(page, 'import-pack').count(), 0, 'a reader may import packs');
}

walkThrough('rules', [
  enter,
  list,
  bulk,
  matrix,
  breakAndRepair,
  newRule,
  testAgainstThePast,
  saveAndEnable,
  anAlert,
  exceptionFromAlert,
  historyAndUndo,
  shipped,
  importPack,
  upgradePack,
  packBackAndAway,
  aReader,
]);
