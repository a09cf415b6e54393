// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { dayText, gapsOf, isMonth, monthDays, shiftMonth, shiftsOf, turnsOf } from '../src/lib/roster';

const at = (text: string) => new Date(text).getTime();
const shift = (place: string, from: string, to: string) => ({
  place,
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});
const day = (text: string) => ({ from: at(`${text}T00:00`), to: at(`${text}T24:00`) });

describe('a month', () => {
  it('is whole weeks from Monday', () => {
    const days = monthDays('2026-11');
    expect(days).toHaveLength(42);
    expect([days[0]?.day, days[6]?.day, days.at(-1)?.day]).toEqual(['2026-10-26', '2026-11-01', '2026-12-06']);
    expect(days.filter(({ inMonth }) => inMonth)).toHaveLength(30);
    expect(monthDays('2027-02')).toHaveLength(28);
  });

  it('has neighbours over the year’s end', () => {
    expect([shiftMonth('2026-12', 1), shiftMonth('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
    expect([isMonth('2026-11'), isMonth('2026-13'), isMonth('x')]).toEqual([true, false, false]);
  });
});

describe('the shifts of a day', () => {
  const night = shift('officer', '2026-11-23T18:00', '2026-11-24T08:30');
  const week = shift('leader', '2026-11-20T08:30', '2026-11-27T08:30');

  it('are those that begin on it or cover its noon', () => {
    expect(shiftsOf([night, week], day('2026-11-23'))).toEqual([night, week]);
    expect(shiftsOf([night, week], day('2026-11-24'))).toEqual([week]);
    expect(shiftsOf([night, week], day('2026-11-27'))).toEqual([]);
  });
});

describe('a gap', () => {
  const span = day('2026-11-23');

  it('is the whole day where nobody is', () => {
    expect(gapsOf([], 'officer', span)).toEqual([span]);
    expect(gapsOf([shift('leader', '2026-11-23T00:00', '2026-11-24T00:00')], 'officer', span)).toEqual([span]);
  });

  it('lies before, between and behind shifts, and not where they overlap', () => {
    const held = [
      shift('officer', '2026-11-23T12:00', '2026-11-23T18:00'),
      shift('officer', '2026-11-23T08:00', '2026-11-23T10:00'),
      shift('officer', '2026-11-23T09:00', '2026-11-23T11:00'),
    ];
    const times = gapsOf(held, 'officer', span).map(({ from, to }) => [from, to]);
    const hour = (n: number) => span.from + n * 3_600_000;
    expect(times).toEqual([
      [hour(0), hour(8)],
      [hour(11), hour(12)],
      [hour(18), hour(24)],
    ]);
  });

  it('is none where shifts meet', () => {
    const held = [
      shift('officer', '2026-11-22T08:30', '2026-11-23T08:30'),
      shift('officer', '2026-11-23T08:30', '2026-11-24T08:30'),
    ];
    expect(gapsOf(held, 'officer', span)).toEqual([]);
  });
});

describe('a rotation', () => {
  it('goes round from whoever is first and ends in time', () => {
    const from = at('2026-11-23T08:30');
    const turns = turnsOf(['a', 'b', 'c'], 1, from, from + 60 * 3_600_000, 24);
    expect(turns.map(({ person }) => person)).toEqual(['b', 'c', 'a']);
    expect(turns.at(-1)?.to).toBe(from + 60 * 3_600_000);
    expect(dayText(turns[1]?.from ?? 0)).toBe('2026-11-24');
  });

  it('is empty without people', () => {
    expect(turnsOf([], 0, 0, 1e9, 24)).toEqual([]);
  });
});
