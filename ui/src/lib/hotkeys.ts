// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';

export type Hotkeys = Readonly<Record<string, () => void>>;

const TYPING = 'input, textarea, select, [contenteditable], [role="combobox"]';
/** Enter presses what has the focus. */
const PRESSABLE = 'a, button, summary, [role="button"], [role="menuitem"]';

export function isForUs(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  if (!(event.target instanceof Element)) return true;
  if (event.target.closest(TYPING)) return false;
  return event.key !== 'Enter' || !event.target.closest(PRESSABLE);
}

/** Calls the function under the key pressed, unless somebody is typing. */
export function useHotkeys(keys: Hotkeys): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = current.current[event.key];
      if (!action || !isForUs(event)) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
