// SPDX-License-Identifier: Apache-2.0
// Texts that act where somebody forgets what they are. On the command line: `text` one with all in it, `records` JSON
// records that carry each in every field of text, `lines` as a web server and sshd would log them.
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';

const acts = (n) => `globalThis.acted=${n}`;

export const TEXTS = [
  `<img src=x onerror=${acts(101)}>`,
  `"><svg/onload=${acts(102)}>`,
  `'-${acts(103)}-'</script><script>${acts(104)}</script>`,
  `javascript:${acts(105)}`,
  `{{constructor.constructor('${acts(106)}')()}}\${${acts(107)}}`,
  '\u001b[31mred\u001b]0;title\u0007\u0000\b\b',
  'invoice\u202Efdp.exe\u2066\u200Fx\uFEFF',
  `=cmd|' /C calc'!A0`,
  '@SUM(1+1)*cmd',
  `[a](javascript:${acts(108)})<b onclick=1>`,
];

/** A text with everything in it that a form of the register lets pass: controls it refuses. */
export const ALL = TEXTS.map((text) => text.replace(/[\u0000-\u001f]/g, '')).join(' ');

const FIELDS = Array.from(
  readFileSync(new URL('../../src/event/fields.def', import.meta.url), 'utf8').matchAll(
    /^FIELD\(\w+, "([^"]+)", (?:KEYWORD|TEXT),/gm,
  ),
  ([, name]) => name,
);

const record = (text, i) => ({
  hostile_marker: 'yes',
  ...Object.fromEntries(FIELDS.map((name) => [name, `${text} ${name}`])),
  'source.ip': `203.0.113.${i + 1}`,
  'destination.ip': '192.0.2.66',
});

const print = {
  text: () => console.log(ALL),
  records: () => {
    for (const [i, text] of TEXTS.entries()) console.log(JSON.stringify(record(text, i)));
  },
  lines: () => {
    for (const text of TEXTS) {
      console.log(`<38>Nov 22 08:31:02 web01 sshd[7]: Failed password for invalid user ${text} from 203.0.113.9 port 4 ssh2`);
      console.log(`<134>Nov 22 08:31:02 ${text.replace(/\s/g, '')} app[7]: nobody knows this ${text} kind of line`);
    }
  },
};
if (argv[1]?.endsWith('/hostile.mjs')) print[argv[2]]();
