// SPDX-License-Identifier: Apache-2.0
// What the browser remembers of a person's preferences. A browser that forbids it only forgets.

export type Preference =
  | 'language'
  | 'theme'
  | 'navigation'
  | 'hunt.fields'
  | 'hunt.rows'
  | 'hunt.recent'
  | 'sql.recent';

export function remember(name: Preference, value: string): void {
  try {
    localStorage.setItem(`wanglou.${name}`, value);
  } catch {
    // Private windows may refuse; the preference then lasts as long as the page.
  }
}

export function recall(name: Preference): string | null {
  try {
    return localStorage.getItem(`wanglou.${name}`);
  } catch {
    return null;
  }
}
