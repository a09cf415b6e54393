// SPDX-License-Identifier: Apache-2.0
// Whether somebody is at the page. It refreshes itself for as long as it is open; that alone must not keep the
// session from ending.

const ATTENDED_MS = 60_000;
const SIGNS = ['pointerdown', 'pointermove', 'wheel', 'keydown'];

let lastSign = Date.now();

export function watchAttendance(): void {
  const note = () => {
    lastSign = Date.now();
  };
  for (const sign of SIGNS) document.addEventListener(sign, note, { passive: true, capture: true });
}

export const isAttended = () => Date.now() - lastSign < ATTENDED_MS;
