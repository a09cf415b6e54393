// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';

export type Hotkeys = Readonly<Record<string, () => void>>;

const TYPING = 'input, textarea, select, [contenteditable], [role="combobox"]';

export function isForUs(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  return !(event.target instanceof Element && event.target.closest(TYPING));
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
