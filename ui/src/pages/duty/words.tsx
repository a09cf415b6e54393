// SPDX-License-Identifier: Apache-2.0
// What several parts of duty say in the same way.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { DutyReport, Shift } from '../../api/duty-queries';
import { personPath } from '../../lib/links';
import { dayText, type Span } from '../../lib/roster';
import { localTime, utcTime } from '../../lib/time';

/** "11-23 08:30 – 18:00", the second date only where it differs. */
export function spanText(from: number | string, to: number | string): string {
  const [start, end] = [localTime(from), localTime(to)];
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${start.slice(5, 16)} – ${sameDay ? end.slice(11, 16) : end.slice(5, 16)}`;
}

/** Within the day it is shown on: "08:30 – 24:00". */
export function hoursText({ from, to }: Span): string {
  const end = dayText(from) === dayText(to) ? localTime(to).slice(11, 16) : '24:00';
  return `${localTime(from).slice(11, 16)} – ${end}`;
}

export function SpanTime({ from, to }: { from: string; to: string }) {
  return (
    <time className="number" dateTime={from} title={`${utcTime(from)} – ${utcTime(to)}`}>
      {spanText(from, to)}
    </time>
  );
}

/** A person on duty: the page of the register where there is one. */
export function OnDuty({ shift }: { shift: Pick<Shift, 'name' | 'person'> }) {
  if (!shift.person) return <>{shift.name}</>;
  return <Link to={personPath(shift.person)}>{shift.name}</Link>;
}

export function Phone({ number }: { number: string | undefined }) {
  if (!number) return null;
  return (
    <a className="number" href={`tel:${number.replace(/[^\d+]/g, '')}`}>
      {number}
    </a>
  );
}

export function Verdict({ verdict }: { verdict: DutyReport['verdict'] }) {
  const { t } = useTranslation();
  return <span className={`verdict verdict-${verdict}`}>{t(`duty.verdict.${verdict}`)}</span>;
}
