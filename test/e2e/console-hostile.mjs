// SPDX-License-Identifier: Apache-2.0
// Walks over every page that links lead to, as every role in turn, while hostile texts stand in everything. Nothing of them
// may act, make an element or a link, or stay unseen where it is a character that hides.
import assert from 'node:assert/strict';
import { BASE, byId, expectComplaint, signIn, walkThrough } from './browser.mjs';
import { TEXTS } from './hostile.mjs';

/** Of pages of one kind, /assets/17 or /rules/abc, so many are looked at. */
const OF_A_KIND = 1;
const PAGES_MOST = 90;

const kindOf = (path) => {
  const [place, query] = path.split('?');
  const parts = place.split('/').map((part, i) => (i > 1 || /\d/.test(part) ? ':' : part));
  return parts.join('/') + (query ? `?${[...new URLSearchParams(query).keys()].join('&')}` : '');
};

/** What the page holds that it must not. */
function findFaults() {
  const faults = [];
  if (globalThis.acted !== undefined) faults.push(`a text acted: ${globalThis.acted}`);
  const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (hidden.test(node.data)) faults.push(`hidden characters in: ${node.parentElement.outerHTML.slice(0, 200)}`);
      continue;
    }
    for (const { name, value } of node.attributes) {
      if (/^on/i.test(name)) faults.push(`a handler: ${node.outerHTML.slice(0, 200)}`);
      if (hidden.test(value)) faults.push(`hidden characters in ${name}: ${node.outerHTML.slice(0, 200)}`);
      if (/^(href|src|action|formaction|xlink:href)$/i.test(name) && /^\s*(javascript|data|vbscript):/i.test(value))
        faults.push(`a link that acts: ${node.outerHTML.slice(0, 200)}`);
    }
    if (/^(IFRAME|OBJECT|EMBED|SCRIPT|BASE)$/.test(node.tagName) && node.outerHTML.includes('acted'))
      faults.push(`an element: ${node.outerHTML.slice(0, 200)}`);
    if (/^(IMG|SVG)$/i.test(node.tagName) && /acted|src="x"/.test(node.outerHTML.slice(0, 300)))
      faults.push(`an image: ${node.outerHTML.slice(0, 200)}`);
  }
  return faults;
}

const linksOf = () =>
  [...document.querySelectorAll('a[href^="/"]')].map((link) => link.getAttribute('href').replace(/#.*/, ''));

/** How many of each kind were looked at, by anybody: who comes later sees what the others could not. */
const seen = new Map();

const total = () => [...seen.values()].reduce((a, b) => a + b, 0);

/** Follows links from the first page, one of each kind. */
async function crawl(page) {
  const begun = performance.now();
  const before = total();
  const waiting = ['/'];
  const known = new Set(waiting);
  let shown = 0;
  for (let path = waiting.shift(); path !== undefined && total() - before < PAGES_MOST; path = waiting.shift()) {
    const kind = kindOf(path);
    const times = seen.get(kind) ?? 0;
    if (times >= OF_A_KIND && path !== '/') continue;
    seen.set(kind, times + 1);
    await page.goto(BASE + path);
    await page.locator('#main, .screen').first().waitFor();
    await page.waitForTimeout(100);
    await page.waitForFunction(() => !document.querySelector('.ant-skeleton-active, .ant-spin-spinning'));
    assert.equal(await byId(page, 'not-found').count(), 0, `${path} leads nowhere`);
    const faults = await page.evaluate(findFaults);
    assert.deepEqual(faults, [], `on ${path}`);
    if ((await page.locator('body').innerText()).includes('acted=')) shown++;
    for (const link of await page.evaluate(linksOf)) {
      if (known.has(link) || link.startsWith('/api/')) continue;
      known.add(link);
      waiting.push(link);
    }
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(`   ${total() - before} pages in ${seconds} s, ${shown} show a hostile text: ${[...seen.keys()].join(' ')}`);
  return shown;
}

async function signOut(page) {
  await page.goto(BASE);
  await byId(page, 'user').click();
  await page.getByText(/^(退出登录|Sign out)$/).click();
  await byId(page, 'sign-in').waitFor();
}

const asRole = (user, least) =>
  async function everyPage(page) {
    page.on('dialog', (dialog) => {
      throw new Error(`a dialog: ${dialog.message()}`);
    });
    await signIn(page, user, `${user} of the campus`);
    const shown = await crawl(page);
    assert.ok(shown >= least, `only ${shown} pages show a hostile text: the test tests nothing`);
    await signOut(page);
  };

/** What a search finds is shown with marks in the place of what hides, and goes back into a search as it was. */
async function marks(page) {
  await signIn(page, 'li', 'li of the campus');
  await page.goto(`${BASE}/events?q=${encodeURIComponent('user.name: *invoice*')}&from=-1h`);
  await page.getByText('⟨U+202E⟩').first().waitFor();
  const bidi = TEXTS.find((text) => text.includes('\u202e'));
  await page.goto(`${BASE}/events?q=${encodeURIComponent(`user.name: "${bidi} user.name"`)}&from=-1h`);
  await page.getByText('⟨U+202E⟩').first().waitFor();
  await page.goto(`${BASE}/events?q=${encodeURIComponent(`user.name: "invoice⟨U+202E⟩fdp.exe⟨U+2066⟩⟨U+200F⟩x⟨U+FEFF⟩ user.name"`)}&from=-1h`);
  await page.getByText('⟨U+202E⟩').first().waitFor();
  await signOut(page);
}

// Nobody reads so fast: where the store is asked more than it answers at once, the page asks again.
expectComplaint(/status of 503/);
walkThrough('hostile', [marks, asRole('li', 4), asRole('sys', 0), asRole('shen', 1)]);
