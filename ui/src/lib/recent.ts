// SPDX-License-Identifier: Apache-2.0
// What a person asked lately, as the browser remembers it: the newest first, each once.
import { type Preference, recall, remember } from './storage';

const KEPT = 20;
const LENGTH_MAX = 4000;

export function recentOf(name: Preference): string[] {
  try {
    const list: unknown = JSON.parse(recall(name) ?? '[]');
    return Array.isArray(list) ? list.filter((text) => typeof text === 'string').slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

export function addRecent(name: Preference, text: string): void {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > LENGTH_MAX) return;
  const others = recentOf(name).filter((other) => other !== trimmed);
  remember(name, JSON.stringify([trimmed, ...others].slice(0, KEPT)));
}
