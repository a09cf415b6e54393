// SPDX-License-Identifier: Apache-2.0
// The chapters of the guide, in the order in which they are read.
export const CHAPTERS = [
  'install',
  'first-day',
  'connect-devices',
  'daily-work',
  'reports',
  'administration',
  'troubleshooting',
] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** A chapter, and the part of it that is meant: an <a id="…"> before its heading, the same in every language. */
export type HelpTopic = Chapter | `${Chapter}#${string}`;

const files = import.meta.glob<string>('../../../../doc/guide/*/*.md', { query: '?raw', import: 'default' });

export const isChapter = (name: string): name is Chapter => (CHAPTERS as readonly string[]).includes(name);

export async function readChapter(language: string, chapter: string): Promise<string> {
  const read = files[`../../../../doc/guide/${language}/${chapter}.md`];
  return read ? read() : '';
}
