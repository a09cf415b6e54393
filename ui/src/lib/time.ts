// SPDX-License-Identifier: Apache-2.0
// Points and spans of time. The API takes RFC 3339 in UTC, or "-24h" and "now"; people read their own zone.

export interface Range {
  /** RFC 3339, or relative to now: "-15m", "-24h", "-7d". */
  from: string;
  /** RFC 3339 or "now". */
  to: string;
}

export const DEFAULT_RANGE: Range = { from: '-24h', to: 'now' };

/** The spans offered at a click, as written in `from`. */
export const SPANS = ['-15m', '-1h', '-6h', '-24h', '-7d', '-30d'] as const;
export type Span = (typeof SPANS)[number];

export const isSpan = (from: string): from is Span => (SPANS as readonly string[]).includes(from);

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const RELATIVE = /^-(\d+)([smhd])$/;

/** Milliseconds since 1970, or NaN for what is no point in time. */
export function resolveTime(text: string, now: number): number {
  if (text === 'now') return now;
  const match = RELATIVE.exec(text);
  if (match) return now - Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  return /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
}

export const isTime = (text: string) => !Number.isNaN(resolveTime(text, 0));

export const rangeOf = (from: number, to: number): Range => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

const two = (n: number) => String(n).padStart(2, '0');

/** "2026-03-01 08:05:09" in the browser's zone. */
export function localTime(time: string | number): string {
  const d = new Date(time);
  if (Number.isNaN(d.getTime())) return String(time);
  const date = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  return `${date} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/** As the server wrote it where that is UTC, with all its digits; else turned to UTC. */
export function utcTime(time: string): string {
  if (time.endsWith('Z')) return time.replace('T', ' ').replace('Z', ' UTC');
  const d = new Date(time);
  return Number.isNaN(d.getTime()) ? time : d.toISOString().replace('T', ' ').replace('Z', ' UTC');
}

const LABEL_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  (n) => n * UNIT_MS.m,
);

/** Whether the bucket that begins at time is the first after a round time of day, apart enough to be labelled. */
export function isLabelled(time: number, step: number, spanMs: number, labels: number): boolean {
  const apart = LABEL_STEPS.find((size) => spanMs / size <= labels) ?? spanMs;
  const local = time - new Date(time).getTimezoneOffset() * UNIT_MS.m;
  return Math.floor(local / apart) !== Math.floor((local - step) / apart);
}

/** A label on a time axis, no longer than its span needs. */
export function axisTime(time: number, spanMs: number): string {
  const text = localTime(time);
  if (spanMs > 3 * UNIT_MS.d) return text.slice(5, 10);
  if (spanMs > 1.5 * UNIT_MS.d) return text.slice(5, 16);
  return text.slice(11, spanMs > 10 * UNIT_MS.m ? 16 : 19);
}
