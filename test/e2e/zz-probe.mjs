import { BASE, byId, signIn, walkThrough } from './browser.mjs';
const { WANGLOU_PASSWORD } = process.env;
walkThrough('probe', [
  async function enter(page) { await signIn(page, 'security', WANGLOU_PASSWORD); },
  async function look(page) {
    await page.goto(`${BASE}/assets`);
    await byId(page, 'assets').locator('.ant-table-row').first().waitFor();
    console.log((await page.locator('.unit-tree-box').innerHTML()).slice(0, 1500));
    await page.screenshot({ path: '/tmp/w/shots-assets/p1.png' });
    await page.goto(`${BASE}/assets/226`); await page.waitForTimeout(1500);
    await page.screenshot({ path: '/tmp/w/shots-assets/p2.png', fullPage: true });
    await page.goto(`${BASE}/assets/226?tab=network`); await page.waitForTimeout(2500);
    await page.screenshot({ path: '/tmp/w/shots-assets/p3.png', fullPage: true });
  },
]);
