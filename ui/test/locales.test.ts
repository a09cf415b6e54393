// SPDX-License-Identifier: Apache-2.0
// Both languages say everything, nothing is said that is never shown, and nothing shown is missing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../src/locales/en';
import zhCN from '../src/locales/zh-CN';

type Tree = { [key: string]: string | Tree };

const PLURAL = /_(zero|one|two|few|many|other)$/;

function flatten(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[prefix + key, value] as [string, string]]
      : flatten(value, `${prefix}${key}.`),
  );
}

const byKey = (tree: Tree) => new Map(flatten(tree).map(([key, text]) => [key.replace(PLURAL, ''), text]));
const chinese = byKey(zhCN);
const english = byKey(en);

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

const code = sources(join(import.meta.dirname, '../src'));
/** Keys stand in the code as 'a.b', or as `a.${…}` where the last part is computed. */
const literal = new Set(
  Array.from(code.matchAll(/'([a-z]\w*(?:\.[\w-]+)+)'|"([a-z]\w*(?:\.[\w-]+)+)"/gi), (m) => m[1] ?? m[2]),
);
const computed = Array.from(code.matchAll(/t\(\s*`([\w.]+\.)\$\{/g), (m) => m[1] ?? '');

const placeholders = (text: string) => (text.match(/\{\{\w+\}\}|<\/?\w+>/g) ?? []).sort();

describe('the two languages', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it('have the same places to fill', () => {
    for (const [key, text] of chinese)
      expect([key, placeholders(english.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  });

  it('leave nothing empty', () => {
    for (const [key, text] of [...chinese, ...english]) expect(text.trim(), key).not.toBe('');
  });

  it('have Chinese in the one and none in the other', () => {
    const han = /\p{Script=Han}/u;
    for (const [key, text] of english) expect(han.test(text), key).toBe(false);
    const sameInBoth = new Set(['overview.attackNotice', 'common.comma']);
    // What is left of "、" or "{{points}} / {{most}}" has no words.
    const hasWords = (text: string) => /\p{L}/u.test(text.replace(/\{\{\w+\}\}|<\/?\w+>/g, ''));
    for (const [key, text] of chinese)
      if (!sameInBoth.has(key) && hasWords(text)) expect(han.test(text), key).toBe(true);
  });
});

describe('the keys', () => {
  it('are all used', () => {
    const used = (key: string) => literal.has(key) || computed.some((prefix) => key.startsWith(prefix));
    expect([...chinese.keys()].filter((key) => !used(key))).toEqual([]);
  });

  it('are all there', () => {
    const called = Array.from(
      code.matchAll(/\bt\(\s*'([^']+)'|i18nKey="([^"]+)"/g),
      (m) => m[1] ?? m[2] ?? '',
    );
    expect(called.length).toBeGreaterThan(100);
    expect(called.filter((key) => !chinese.has(key))).toEqual([]);
    for (const prefix of computed)
      expect(
        [...chinese.keys()].some((key) => key.startsWith(prefix)),
        prefix,
      ).toBe(true);
  });
});
