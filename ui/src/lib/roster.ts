// SPDX-License-Identifier: Apache-2.0
// The duty roster on a calendar: days of a month, whose shifts they show, where nobody is on duty, and what a
// rotation would make. Days are the browser's own.

const HOUR_MS = 3_600_000;
const two = (n: number) => String(n).padStart(2, '0');

export const dayText = (time: Date | number): string => {
  const d = new Date(time);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
};

export const monthText = (time: Date | number) => dayText(time).slice(0, 7);
export const isMonth = (text: string) => /^\d{4}-(0[1-9]|1[0-2])$/.test(text);

export interface Span {
  from: number;
  to: number;
}

export interface RosterDay extends Span {
  /** "2026-11-23" */
  day: string;
  inMonth: boolean;
}

/** The whole weeks, from Monday, that a month lies in. */
export function monthDays(month: string): RosterDay[] {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  const lead = (new Date(year, number - 1, 1).getDay() + 6) % 7;
  const length = new Date(year, number, 0).getDate();
  const cells = Math.ceil((lead + length) / 7) * 7;
  return Array.from({ length: cells }, (_, i) => {
    const from = new Date(year, number - 1, 1 - lead + i);
    const to = new Date(year, number - 1, 2 - lead + i);
    return {
      day: dayText(from),
      from: from.getTime(),
      to: to.getTime(),
      inMonth: from.getMonth() === number - 1,
    };
  });
}

export function shiftMonth(month: string, by: number): string {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  return monthText(new Date(year, number - 1 + by, 1));
}

export interface Placed {
  place: string;
  from: string;
  to: string;
}

/** A shift stands on the day it begins, and on each whose noon it covers: one that ends in the morning does not. */
export function shiftsOf<T extends Placed>(shifts: readonly T[], { from, to }: Span): T[] {
  const noon = (from + to) / 2;
  return shifts.filter((shift) => {
    const start = Date.parse(shift.from);
    return (start >= from && start < to) || (start < noon && Date.parse(shift.to) > noon);
  });
}

/** When nobody has the place. */
export function gapsOf(shifts: readonly Placed[], place: string, span: Span): Span[] {
  const held = shifts
    .filter((shift) => shift.place === place)
    .map((shift) => ({ from: Date.parse(shift.from), to: Date.parse(shift.to) }))
    .sort((a, b) => a.from - b.from);
  const gaps: Span[] = [];
  let at = span.from;
  for (const { from, to } of held) {
    if (to <= at) continue;
    if (from >= span.to) break;
    if (from > at) gaps.push({ from: at, to: from });
    at = to;
  }
  if (at < span.to) gaps.push({ from: at, to: span.to });
  return gaps;
}

/** What a rotation asks for, as the server makes it: turn after turn until the end. */
export function turnsOf<T>(people: readonly T[], first: number, from: number, to: number, hours: number) {
  const turns: (Span & { person: T })[] = [];
  if (people.length === 0 || hours <= 0) return turns;
  for (let i = 0, start = from; start < to; i++, start += hours * HOUR_MS) {
    const person = people[(first + i) % people.length];
    if (person !== undefined) turns.push({ person, from: start, to: Math.min(start + hours * HOUR_MS, to) });
  }
  return turns;
}
