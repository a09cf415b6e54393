// SPDX-License-Identifier: Apache-2.0
// Ant Design gives the nonce of ConfigProvider to its own styles, but two helpers below it (the measuring of
// scroll bars and the locking of the page's scrolling) add style elements without one, which the policy
// refuses. All of them go through injectCSS(), which is given the page's nonce here as a default.
import type { Plugin } from 'vite';

const FILE = /@rc-component[\\/]util[\\/]es[\\/]Dom[\\/]dynamicCSS\.js$/;
const BEFORE = `if (csp?.nonce) {
    styleNode.nonce = csp?.nonce;
  }`;
const AFTER = `styleNode.nonce = csp?.nonce ?? document.querySelector('meta[name="csp-nonce"]')?.content ?? '';`;

export const styleNonce: Plugin = {
  name: 'style-nonce',
  apply: 'build',
  transform(code, id) {
    if (!FILE.test(id)) return null;
    if (!code.includes(BEFORE)) this.error(`${id} has changed: look whether it now sets the nonce by itself`);
    return { code: code.replace(BEFORE, AFTER), map: null };
  },
};
