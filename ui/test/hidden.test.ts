// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { conceal, concealJson, concealUrl, reveal, revealJson } from '../src/lib/hidden';

const HOSTILE = 'a\u202egpj.exe\u001b[31m\u0000\u{e0041}z';
const SHOWN = 'a⟨U+202E⟩gpj.exe⟨U+001B⟩[31m⟨U+0000⟩⟨U+E0041⟩z';

describe('hidden characters', () => {
  it('are seen, and what is no trick stays', () => {
    expect(reveal(HOSTILE)).toBe(SHOWN);
    expect(reveal('值班日志\tlog\r\n😀')).toBe('值班日志\tlog\r\n😀');
  });

  it('go back as they were', () => {
    expect(conceal(SHOWN)).toBe(HOSTILE);
    expect(JSON.parse(concealJson(JSON.stringify({ q: SHOWN })))).toEqual({ q: HOSTILE });
    const url = `https://a/api/v1/events?q=${encodeURIComponent(`"${SHOWN}"`)}`;
    expect(new URL(concealUrl(url)).searchParams.get('q')).toBe(`"${HOSTILE}"`);
  });

  it('are found in an answer, escaped or not', () => {
    for (const raw of [JSON.stringify({ a: [HOSTILE] }), '{"a":["a\\u202Egpj.exe\\u001b[31m\\u0000\\udb40\\udc41z"]}'])
      expect(JSON.parse(revealJson(raw))).toEqual({ a: [SHOWN] });
  });

  it('leave an answer without any as it is', () => {
    const raw = '{"a": "C:\\\\u0022",  "b": 1.0}';
    expect(revealJson(raw)).toBe(raw);
  });
});
