// SPDX-License-Identifier: Apache-2.0
// Administration in a real browser: the first start, a channel that is tested and answers, a process that is halted and what
// to do about it, what is kept for how long, an auditor in the trail. WANGLOU_PASSWORD is admin's printed one;
// WANGLOU_HALTED the pid of a process of the program; WANGLOU_SAY the file that says what the sink answers;
// WANGLOU_SETTINGS wanglou.yaml.
import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { BASE, byId, dialog, eventually, isAccessible, shootAll, walkThrough } from './browser.mjs';
import { stepOf, totp } from './totp.mjs';

const { WANGLOU_PASSWORD: FIRST_PASSWORD, WANGLOU_HALTED, WANGLOU_SAY, WANGLOU_SETTINGS } = process.env;
const PASSWORD = 'Admin-walk-2026!';
const AUDITOR = 'Auditor-walk-2026!';

/** What one step leaves for those behind it. */
const kept = { secret: '', auditor: '' };

const go = (page, path) => page.goto(`${BASE}${path}`);

async function submitPassword(page, user, password) {
  await byId(page, 'sign-in').waitFor();
  await page.getByLabel(/^(用户名|User name)$/).fill(user);
  await page.getByLabel(/^(密码|Password)$/).fill(password);
  await byId(page, 'sign-in').click();
}

async function changePassword(page, old, password) {
  await byId(page, 'change-password').waitFor();
  const fields = page.locator('input[type="password"]');
  await fields.nth(0).fill(old);
  await fields.nth(1).fill(password);
  await fields.nth(2).fill(password);
  await byId(page, 'change-password').click();
  await byId(page, 'user').waitFor();
}

async function signOut(page) {
  await byId(page, 'user').click();
  await page.getByText(/^(退出登录|Sign out)$/).click();
  await byId(page, 'sign-in').waitFor();
}

async function firstStart(page) {
  await go(page, '/account');
  await submitPassword(page, 'admin', FIRST_PASSWORD);
  await changePassword(page, FIRST_PASSWORD, PASSWORD);
  await byId(page, 'set-up-factor').click();
  await dialog(page).locator('input[type="password"]').fill(PASSWORD);
  await byId(page, 'prove').click();
  await dialog(page).locator('svg.qr path').waitFor();
  kept.secret = (await byId(page, 'factor-secret').inputValue()).replaceAll(' ', '');
  const code = totp(kept.secret, stepOf(Date.now()));
  await page.getByLabel(/^(应用显示的六位口令|The six digits that the app shows)$/).fill(code);
  await byId(page, 'confirm-factor').click();
  await byId(page, 'codes-kept').click();
  await byId(page, 'recovery-codes').waitFor({ state: 'hidden' });
}

async function addAccount(page, role, name) {
  await byId(page, `add-${role}`).click();
  await dialog(page).locator('#name').fill(name);
  await byId(page, 'make-account').click();
  await byId(page, 'once').waitFor();
  const password = await byId(page, 'once').innerText();
  await page.getByRole('button', { name: /^(已保存，关闭|Close)$/ }).last().click();
  await byId(page, 'once').waitFor({ state: 'hidden' });
  return password;
}

async function accounts(page) {
  await go(page, '/accounts');
  await addAccount(page, 'security_administrator', 'li');
  kept.auditor = await addAccount(page, 'audit_administrator', 'shen');
  await byId(page, 'permissions').getByText('trail.read').waitFor();
  await byId(page, 'add-account').click();
  await dialog(page).locator('#name').fill('zhou');
  await dialog(page).locator('#role').click();
  await page.locator('.ant-select-item-option').getByText(/^(单位责任人|Responsible for a unit|.*unit.*)$/i).click();
  await dialog(page).locator('#unit').click();
  await page.locator('.ant-select-item-option:visible').getByText('海晏学院').first().click();
  await byId(page, 'make-account').click();
  await byId(page, 'once').waitFor();
  await page.getByRole('button', { name: /^(已保存，关闭|Close)$/ }).last().click();
  await byId(page, 'once').waitFor({ state: 'hidden' });
  await page.getByText('海晏学院').first().waitFor();
  await go(page, '/accounts?state=never&role=unit_responsible');
  await byId(page, 'more-zhou').waitFor();
  assert.equal(await byId(page, 'more-li').count(), 0, 'the filter is in the address');
  await byId(page, 'more-zhou').click();
  await page.getByText(/^(API 令牌|API tokens)$/).last().click();
  await dialog(page).getByText(/^(没有令牌。|No tokens\.)$/).waitFor();
  await go(page, '/accounts');
  await byId(page, 'permissions').waitFor();
  await isAccessible(page, 'accounts');
  await shootAll(page, 'admin-accounts', () => byId(page, 'permissions').waitFor());
}

/** What the other side answers is what the page says. */
async function channels(page) {
  await go(page, '/channels');
  await byId(page, 'test-chat').click();
  await byId(page, 'answer-chat').getByText(/对方已接收|The other side has taken it/).waitFor();
  await writeFile(WANGLOU_SAY, '403 {"errcode":40001,"errmsg":"invalid key"}');
  await byId(page, 'test-chat').click();
  await byId(page, 'answer-chat').getByText(/没有送达|Not delivered/).waitFor();
  await byId(page, 'channel-chat').getByText(/发送失败|fails/).waitFor();
  await byId(page, 'outbox').getByText(/未送达|failed/).first().waitFor();
  const said = await page.locator('main').innerText();
  assert.ok(!said.includes('secret-of-chat') && !said.includes('127.0.0.1'), 'a secret is shown');
  await go(page, '/channels?state=failed');
  await byId(page, 'outbox').waitFor();
  assert.equal(await byId(page, 'outbox').locator('tbody tr').count(), 1, 'the filter is in the address');
  await isAccessible(page, 'channels');
  await go(page, '/channels');
  await shootAll(page, 'admin-channels', () => byId(page, 'outbox').waitFor());
}

const rows = (page) => byId(page, 'outbox').locator('tbody tr');
const undelivered = (page, count) =>
  eventually(async () => {
    await go(page, '/channels?state=undelivered');
    await byId(page, 'channels').waitFor();
    await page.locator('[data-testid="outbox"], section.outbox p').first().waitFor();
    assert.equal(await rows(page).count(), count);
  });

/** What could not be delivered goes out again, or is given up. */
async function again(page) {
  await undelivered(page, 1);
  await rows(page).getByText(/HTTP 403/).waitFor();
  await shootAll(page, 'admin-undelivered', () => byId(page, 'outbox').waitFor());
  await writeFile(WANGLOU_SAY, '');
  await page.getByRole('button', { name: /^(重发|Send again)$/ }).first().click();
  await undelivered(page, 0);
  await go(page, '/channels?state=sent');
  await eventually(async () => assert.equal(await rows(page).count(), 2));
  await writeFile(WANGLOU_SAY, '403 {"errcode":40001,"errmsg":"invalid key"}');
  for (const times of [1, 2]) {
    await go(page, '/channels');
    await byId(page, 'test-chat').click();
    await byId(page, 'answer-chat').getByText(/没有送达|Not delivered/).waitFor();
    await undelivered(page, times);
  }
  await page.getByRole('button', { name: /^(放弃|Give up)$/ }).first().click();
  await page.locator('.ant-modal-confirm-btns .ant-btn-dangerous').click();
  await undelivered(page, 1);
  await writeFile(WANGLOU_SAY, '');
  await byId(page, 'resend-all').click();
  await page.locator('.ant-modal-confirm-btns .ant-btn-primary').click();
  await undelivered(page, 0);
  await go(page, '/channels?state=dropped');
  await eventually(async () => assert.equal(await rows(page).count(), 1));
}

async function settings(page) {
  await go(page, '/settings');
  const set = byId(page, 'setting-notify.channels');
  await set.getByText('channels.yaml').waitFor();
  await set.getByText(/第 \d+ 行|line \d+/).waitFor();
  const said = await page.locator('main').innerText();
  assert.ok(!said.includes('secret-of-chat'), 'a secret is shown');
  await isAccessible(page, 'settings');
  await shootAll(page, 'admin-settings', () => byId(page, 'settings').waitFor());
  await go(page, '/settings?only=true');
  await byId(page, 'setting-notify.channels').waitFor();
  assert.equal(await byId(page, 'setting-listen.console').count(), 1, 'a setting of the file is missing');
  assert.equal(await byId(page, 'setting-retention.days').count(), 0, 'a default is shown as set');
  assert.equal(await byId(page, 'settings-pending').count(), 0);
  await appendFile(WANGLOU_SETTINGS, '# looked at\n');
  await page.reload();
  await byId(page, 'settings-pending').waitFor();
}

async function retention(page) {
  await go(page, '/retention');
  await byId(page, 'classes').getByText(/^(操作审计|Audit trail)$/).waitFor();
  await byId(page, 'classes').getByText(/^(1,095 天|1095 天|1,095 days|1095 days)$/).first().waitFor();
  await page.getByText(/wanglou audit verify --data/).waitFor();
  await isAccessible(page, 'retention');
  await shootAll(page, 'admin-retention', () => byId(page, 'classes').waitFor());
}

async function systemTrouble(page) {
  await go(page, '/system');
  await byId(page, 'all-well').waitFor();
  await byId(page, 'process-archive').getByText(/运行中|running/i).waitFor();
  await byId(page, 'forecast').waitFor();
  await shootAll(page, 'admin-system', () => byId(page, 'all-well').waitFor());
  process.kill(Number(WANGLOU_HALTED), 'SIGSTOP');
  await byId(page, 'trouble-stopped').getByText('archive').waitFor({ timeout: 40_000 });
  await byId(page, 'trouble-stopped').getByText(/kill -CONT/).waitFor();
  await isAccessible(page, 'system');
  await shootAll(page, 'admin-system-trouble', () => byId(page, 'trouble-stopped').waitFor());
  process.kill(Number(WANGLOU_HALTED), 'SIGCONT');
  await byId(page, 'all-well').waitFor({ timeout: 40_000 });
}

async function auditorReads(page) {
  await signOut(page);
  await go(page, '/trail');
  await submitPassword(page, 'shen', kept.auditor);
  await changePassword(page, kept.auditor, AUDITOR);
  await go(page, '/trail');
  const trail = byId(page, 'trail');
  await trail.getByText(/^(测试通知渠道|Test a channel)$/).first().waitFor();
  await trail.getByText(/^(新建账号|Add account)$/).first().click();
  await eventually(async () => assert.match(page.url(), /action=user\.add/, 'what was clicked is the filter'));
  await eventually(async () => assert.equal(await trail.locator('tbody tr.ant-table-row').count(), 3));
  await trail.locator('tbody tr.ant-table-row').first().locator('td').last().click();
  await byId(page, 'sentence').getByText(/admin .*「新建账号」zhou：允许|admin at .*“Add account” zhou: allowed/).waitFor();
  await byId(page, 'raw').waitFor();
  await isAccessible(page, 'trail');
  await byId(page, 'quick-refused').click();
  await eventually(async () => assert.match(page.url(), /outcome=refused/));
  await go(page, '/trail');
  await shootAll(page, 'admin-trail', () => byId(page, 'trail').locator('tbody tr.ant-table-row').first().waitFor());
}

await walkThrough('admin', [firstStart, accounts, channels, again, settings, retention, systemTrouble, auditorReads]);
