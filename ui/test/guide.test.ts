// SPDX-License-Identifier: Apache-2.0
// The guide says the same in both languages, and every link into it and within it leads somewhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CHAPTERS } from '../src/pages/help/guide';

const GUIDE = join(import.meta.dirname, '../../doc/guide');
const LANGUAGES = ['zh-CN', 'en'];
const read = (language: string, chapter: string) => readFileSync(join(GUIDE, language, `${chapter}.md`), 'utf8');
const matches = (text: string, pattern: RegExp) => Array.from(text.matchAll(pattern), (found) => found[1] ?? '');
const partsOf = (text: string) => matches(text, /<a id="([\w-]+)"><\/a>/g);

it('has the same chapters and parts in both languages', () => {
  for (const language of LANGUAGES)
    expect(readdirSync(join(GUIDE, language)).sort()).toEqual(CHAPTERS.map((name) => `${name}.md`).sort());
  for (const chapter of CHAPTERS) {
    const parts = partsOf(read('zh-CN', chapter));
    expect(parts, chapter).toEqual(partsOf(read('en', chapter)));
    expect(parts.length).toBe(new Set(parts).size);
  }
});

const topics = new Set(CHAPTERS.flatMap((name) => [name, ...partsOf(read('en', name)).map((part) => `${name}#${part}`)]));

it('has what the pages refer to', () => {
  const pages = join(import.meta.dirname, '../src');
  const code = readdirSync(pages, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsx'))
    .map((name) => readFileSync(join(pages, name), 'utf8'))
    .join('\n');
  const wanted = [...matches(code, /help="([^"]+)"/g), ...matches(code, /["'`]\/help\/([\w-]+#?[\w-]*)["'`]/g)];
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter((topic) => !topics.has(topic))).toEqual([]);
});

it('has what its own links lead to', () => {
  for (const language of LANGUAGES)
    for (const chapter of CHAPTERS)
      for (const link of matches(read(language, chapter), /\]\(([^)]+)\)/g)) {
        const topic = link.startsWith('#') ? chapter + link : link.replace('.md', '');
        expect(topics.has(topic), `${language}/${chapter}: ${link}`).toBe(true);
      }
});
