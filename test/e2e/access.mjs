// SPDX-License-Identifier: Apache-2.0
// The first hour of a new platform in a real browser: admin adds the other administrators, sets up a second factor,
// signs in with it and without the telephone; an account's person looks at sessions and tokens. Variables as in
// console.mjs.
import assert from 'node:assert/strict';
import { BASE, byId, shoot, walkThrough } from './browser.mjs';
import { stepOf, totp } from './totp.mjs';

const FIRST_PASSWORD = process.env.WANGLOU_PASSWORD;
const PASSWORD = 'Access-walk-2026!';

/** What one step leaves for those behind it. */
const kept = { secret: '', codes: [], step: 0 };

const codeField = (page) => page.getByLabel(/^(动态口令或恢复码|Code or recovery code)$/);

async function submitPassword(page, user, password) {
  await byId(page, 'sign-in').waitFor();
  await page.getByLabel(/^(用户名|User name)$/).fill(user);
  await page.getByLabel(/^(密码|Password)$/).fill(password);
  await byId(page, 'sign-in').click();
}

async function submitCode(page, code) {
  await codeField(page).fill(code);
  await byId(page, 'sign-in-code').click();
}

async function signOut(page) {
  await byId(page, 'user').click();
  await page.getByText(/^(退出登录|Sign out)$/).click();
  await byId(page, 'sign-in').waitFor();
}

async function firstSignIn(page) {
  await page.goto(`${BASE}/accounts`);
  await submitPassword(page, 'admin', FIRST_PASSWORD);
  await byId(page, 'change-password').waitFor();
  const fields = page.locator('input[type="password"]');
  await fields.nth(0).fill(FIRST_PASSWORD);
  await fields.nth(1).fill(PASSWORD);
  await fields.nth(2).fill(PASSWORD);
  await byId(page, 'change-password').click();
  await byId(page, 'user').waitFor();
}

/** The page says which of the three administrators is missing until none is. */
async function addAdministrators(page) {
  await byId(page, 'add-security_administrator').waitFor();
  await shoot(page, 'accounts-first');
  for (const [role, name] of [
    ['security_administrator', 'li'],
    ['audit_administrator', 'shen'],
  ]) {
    await byId(page, `add-${role}`).click();
    await page.getByRole('dialog').locator('input').first().fill(name);
    await shoot(page, `accounts-add-${name}`);
    await byId(page, 'make-account').click();
    await byId(page, 'once').waitFor();
    assert.match(await byId(page, 'once').innerText(), /^(\w{5}-){3}\w{5}$/);
    await shoot(page, `accounts-password-${name}`);
    await page.getByRole('button', { name: /^(已保存，关闭|Close)$/ }).last().click();
    await byId(page, 'once').waitFor({ state: 'hidden' });
    await byId(page, `add-${role}`).waitFor({ state: 'hidden' });
  }
  assert.equal(await byId(page, 'more-shen').count(), 0, 'who watches can be changed here');
  assert.equal(await byId(page, 'more-admin').count(), 0, 'one’s own account can be changed here');
  await byId(page, 'more-li').waitFor();
  await shoot(page, 'accounts');
}

async function setUpFactor(page) {
  await byId(page, 'to-factor').click();
  await byId(page, 'set-up-factor').waitFor();
  await shoot(page, 'account-before');
  await byId(page, 'set-up-factor').click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[type="password"]').fill('not the password');
  await byId(page, 'prove').click();
  await dialog.getByRole('alert').waitFor();
  await dialog.locator('input[type="password"]').fill(PASSWORD);
  await byId(page, 'prove').click();
  await dialog.locator('svg.qr path').waitFor();
  kept.secret = (await byId(page, 'factor-secret').inputValue()).replaceAll(' ', '');
  await shoot(page, 'factor-scan');
  const code = page.getByLabel(/^(应用显示的六位口令|The six digits that the app shows)$/);
  await code.fill(totp(kept.secret, stepOf(Date.now()) + 40));
  await byId(page, 'confirm-factor').click();
  await dialog.getByRole('alert').waitFor();
  await shoot(page, 'factor-wrong');
  kept.step = stepOf(Date.now());
  await code.fill(totp(kept.secret, kept.step));
  await byId(page, 'confirm-factor').click();
  await byId(page, 'recovery-codes').waitFor();
  kept.codes = await byId(page, 'recovery-codes').locator('li').allInnerTexts();
  assert.equal(kept.codes.length, 10);
  await shoot(page, 'factor-codes');
  await byId(page, 'codes-kept').click();
  await byId(page, 'recovery-codes').waitFor({ state: 'hidden' });
  await byId(page, 'to-factor').waitFor({ state: 'hidden' });
}

/** The code it was set up with is spent; the next one is good, and once. */
async function signInWithCode(page) {
  await signOut(page);
  await submitPassword(page, 'admin', PASSWORD);
  await codeField(page).waitFor();
  await shoot(page, 'sign-in-code');
  await submitCode(page, totp(kept.secret, kept.step));
  await page.getByRole('alert').waitFor();
  await shoot(page, 'sign-in-replay');
  kept.step += 1; // of the coming half minute: clocks may differ by that much
  await submitCode(page, totp(kept.secret, kept.step));
  await byId(page, 'user').waitFor();
}

async function signInWithRecoveryCode(page) {
  await signOut(page);
  await submitPassword(page, 'admin', PASSWORD);
  await submitCode(page, kept.codes[0].toUpperCase());
  await byId(page, 'user').waitFor();
  await signOut(page);
  await submitPassword(page, 'admin', PASSWORD);
  await submitCode(page, kept.codes[0]);
  await page.getByRole('alert').waitFor();
  await submitCode(page, kept.codes[1]);
  await byId(page, 'user').waitFor();
}

async function sessionsAndTokens(page) {
  await page.goto(`${BASE}/account`);
  await page.getByText(/^(当前会话|This one)$/).waitFor();
  await byId(page, 'add-token').click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('#name').fill('siem');
  await dialog.locator('#permissions').fill('alert.read');
  await dialog.locator('#permissions').press('Enter');
  await dialog.locator('#permissions').press('Tab');
  await dialog.locator('input[type="password"]').fill(PASSWORD);
  await shoot(page, 'token-new');
  await byId(page, 'make-token').click();
  await byId(page, 'once').waitFor();
  const token = await byId(page, 'once').innerText();
  assert.match(token, /^wlt_[0-9a-f]{64}$/);
  await page.getByRole('button', { name: /^(已保存，关闭|Close)$/ }).last().click();
  await byId(page, 'once').waitFor({ state: 'hidden' });
  await shoot(page, 'account');
  const answer = await page.request.get(`${BASE}/api/v1/alerts`, {
    headers: { Authorization: `Bearer ${token}`, Cookie: '' },
  });
  assert.equal(answer.status(), 200);
}

async function inEnglish(page) {
  await page.goto(`${BASE}/accounts`);
  await byId(page, 'language').click();
  await page.getByRole('heading', { name: 'Accounts' }).waitFor();
  await shoot(page, 'accounts-english');
  await page.goto(`${BASE}/account`);
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  await shoot(page, 'account-english');
}

await walkThrough('access', [
  firstSignIn,
  addAdministrators,
  setUpFactor,
  signInWithCode,
  signInWithRecoveryCode,
  sessionsAndTokens,
  inEnglish,
]);
