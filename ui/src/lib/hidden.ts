// SPDX-License-Identifier: Apache-2.0
// Characters that act without being seen. A log line may carry escape sequences of terminals or marks that turn the
// direction of writing, so that "gpj.exe" reads as "exe.jpg" (Unicode UTS 55). At the console's border each becomes a
// visible mark, ⟨U+202E⟩, whatever page shows it; what goes back to the server has the character itself again.

/** Controls but tab and line ends; DEL and C1; direction marks, embeddings, overrides, isolates; no-width and tags. */
const HIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|\udb40[\udc00-\udc7f]/g;
/** The same written as escapes of JSON; a quick look that may be wrong about an escaped backslash before it. */
const ESCAPED = /\\u(?:00[0189]|007f|061c|20[026]|feff|db40)/i;
const MARK = /⟨U\+([0-9A-F]{4,5})⟩/g;
/** The same in an address. */
const MARK_ENCODED = /%E2%9F%A8U(?:%2B|\+)([0-9A-F]{4,5})%E2%9F%A9/gi;

const markOf = (character: string) =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** The text with everything hidden made visible. */
export const reveal = (text: string): string => text.replace(HIDDEN, markOf);

/** The text with marks made what they stand for. */
export const conceal = (text: string): string =>
  text.replace(MARK, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));

/** A JSON document with every string in it revealed. */
export function revealJson(document: string): string {
  HIDDEN.lastIndex = 0;
  if (!ESCAPED.test(document) && !HIDDEN.test(document)) return document;
  const seen = (_: string, value: unknown) => (typeof value === 'string' ? reveal(value) : value);
  return JSON.stringify(JSON.parse(document, seen));
}

/** A JSON document with every string in it concealed. */
export const concealJson = (document: string): string =>
  document.replace(MARK, (mark) => JSON.stringify(conceal(mark)).slice(1, -1));

/** An address with every part of it concealed. */
export const concealUrl = (url: string): string =>
  url.replace(MARK_ENCODED, (_, code) => encodeURIComponent(String.fromCodePoint(Number.parseInt(code, 16))));
