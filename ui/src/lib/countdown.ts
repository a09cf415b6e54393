// SPDX-License-Identifier: Apache-2.0
// How long until a deadline, in the two largest units: what somebody in a hurry reads.

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** "2 天 4 小时", "3 hr 12 min"; below a minute "0 minutes". */
export function spanText(ms: number, language: string): string {
  let rest = Math.floor(Math.abs(ms) / 1000);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const value = Math.floor(rest / size);
    rest -= value * size;
    if ((value === 0 && !(unit === 'minute' && parts.length === 0)) || parts.length === 2) {
      if (parts.length > 0) break;
      continue;
    }
    parts.push(
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value),
    );
  }
  return parts.join(' ');
}

export type Urgency = 'over' | 'soon' | 'later';

const SOON_MS = 4 * 3_600_000;

/** Colour and order: what has passed, what is due within hours, what can wait. */
export function urgencyOf(due: string, now: number): Urgency {
  const left = Date.parse(due) - now;
  return left < 0 ? 'over' : left < SOON_MS ? 'soon' : 'later';
}
