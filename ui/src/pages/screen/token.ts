// SPDX-License-Identifier: Apache-2.0
// A wall signs in with an API token behind the # of its address, which no server and no log ever sees. It is taken
// off the address at once and kept in memory only; what starts the browser has it.

const TOKEN = /^#token=(wlt_[0-9a-f]{64})$/;

/** The token of the address, or ''. Twice in a row it is the same, for React draws twice while developing. */
let taken = '';
export function takeToken(): string {
  const found = TOKEN.exec(location.hash)?.[1];
  if (found) {
    taken = found;
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  return taken;
}
