// SPDX-License-Identifier: Apache-2.0
// Makes mistakes in a search, in SQL, in a rule, in a table and in a form, and reads what the server says of them:
// in Chinese where the page is Chinese, in English after the language was changed.
//
//	WANGLOU_USER, WANGLOU_PASSWORD  of a security administrator    WANGLOU_WORK  a folder to write in
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE, byId, prefer, shoot, signIn, walkThrough } from './browser.mjs';

const { WANGLOU_USER, WANGLOU_PASSWORD, WANGLOU_WORK } = process.env;
const RULE = 'title: Broken\nlogsource: {category: webserver}\ndetection:\n  s: {cs-uri-stem: x}\n  condition: s and t\n';
const DOUBTFUL = 'title: Doubtful\nid: 6f0a1d6e-1111-4111-8111-111111111111\nlogsource: {category: webserver}\ndetection:\n  s: {NoSuchField: x}\n  u: {cs-method: GET}\n  condition: s\n';

const open = async (page, path) => page.goto(`${BASE}${path}`);

async function enter(page) {
  await signIn(page, WANGLOU_USER, WANGLOU_PASSWORD);
}

async function search(page, words) {
  await open(page, `/events?q=${encodeURIComponent('source.ip: (10.0.0.1 or')}`);
  await byId(page, 'query-mistake').getByText(words.search).waitFor();
  await shoot(page, `words-search-${words.name}`);
}

async function sql(page, words) {
  await open(page, `/sql?q=${encodeURIComponent('SELECT * FROM other.events')}`);
  await byId(page, 'sql-run').click();
  await byId(page, 'sql-mistake').getByText(words.sql).waitFor();
  await shoot(page, `words-sql-${words.name}`);
}

async function rule(page, words) {
  await open(page, '/rules/new');
  const write = async (text) => {
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(text);
  };
  await write(RULE);
  await byId(page, 'findings').getByText(words.rule).waitFor();
  await shoot(page, `words-rule-${words.name}`);
  await write(DOUBTFUL);
  await byId(page, 'findings').getByText(words.doubt).waitFor();
  await shoot(page, `words-doubt-${words.name}`);
  await write('');
}

async function table(page, words) {
  const path = join(WANGLOU_WORK, 'wrong.csv');
  await writeFile(path, '资产名称,资产类型,地址,所属单位,等级保护级别\n甲,主机,10.99.8.300,教务处,\n乙,主机,10.99.8.2,教务教务处,第九级\n');
  await open(page, '/assets/import');
  await byId(page, 'import-file').setInputFiles(path);
  await byId(page, 'import-rows').getByText(words.address).waitFor();
  await byId(page, 'import-rows').getByText(words.unit).waitFor();
  await shoot(page, `words-table-${words.name}`);
}

async function form(page, words) {
  await open(page, '/assets');
  await byId(page, 'add-asset').click();
  const drawer = page.locator('.ant-drawer-content-wrapper').last();
  await drawer.locator('#name').fill('甲');
  await drawer.locator('#addresses').fill('10.1.1.300');
  await byId(page, 'save').click();
  await drawer.locator('.ant-form-item-explain-error').getByText(words.field).waitFor();
  await shoot(page, `words-form-${words.name}`);
}

/** A page that is open says it anew when the language is changed. */
async function change(page) {
  await open(page, `/events?q=${encodeURIComponent('source.ip: (10.0.0.1 or')}`);
  await byId(page, 'query-mistake').getByText(CHINESE.search).waitFor();
  await byId(page, 'language').click();
  await byId(page, 'query-mistake').getByText(ENGLISH.search).waitFor();
  await byId(page, 'language').click();
  await byId(page, 'query-mistake').getByText(CHINESE.search).waitFor();
}

const CHINESE = {
  name: 'zh-CN',
  search: '此处应为字段、值或“(”，实际是结尾',
  sql: '“other”是数据库名：只写表名即可',
  rule: 'condition 中“t”处：没有该名称的选择项',
  doubt: '该日志源的原始事件没有字段“NoSuchField”',
  address: '“10.99.8.300”不是地址、网段（如 10.1.0.0/16）或地址段',
  unit: '台账中没有单位“教务教务处”：请先导入，或填写单位代码',
  field: '“10.1.1.300”不是地址',
};
const ENGLISH = {
  name: 'en',
  search: "expected a field, a value or '(', found the end",
  sql: "'other' is a database: name the table alone",
  rule: "there is no selection of that name at 't' in the condition",
  doubt: "events of this log source have no 'NoSuchField'",
  address: "'10.99.8.300' is no address, no network such as",
  unit: "the register has no unit '教务教务处': import it first, or write its code",
  field: "'10.1.1.300' is no address",
};

/** The steps, under names that say in which language they were taken. */
const inLanguage = (words) =>
  [search, sql, rule, table, form].map((step) =>
    Object.defineProperty((page) => step(page, words), 'name', { value: `${step.name} in ${words.name}` }),
  );

async function english(page) {
  await prefer(page, 'en', 'light');
}

walkThrough('words', [enter, ...inLanguage(CHINESE), change, english, ...inLanguage(ENGLISH)]);
