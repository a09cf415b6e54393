// SPDX-License-Identifier: Apache-2.0
// How much time a statutory deadline leaves; it goes on by itself.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatSpan } from '../../lib/format';
import { localTime } from '../../lib/time';

const TICK_MS = 15_000;

export function useNow(every = TICK_MS): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** short: beside a heading that says what is due. */
export function Deadline({ due, short }: { due: string; short?: boolean }) {
  const { t, i18n } = useTranslation();
  const left = (Date.parse(due) - useNow()) / 1000;
  const span = formatSpan(Math.abs(left), i18n.language);
  return (
    <span className={left < 0 ? 'deadline overdue' : 'deadline'} title={localTime(due)}>
      {short
        ? t(left < 0 ? 'situation.lateShort' : 'situation.leftShort', { span })
        : t(left < 0 ? 'situation.late' : 'situation.left', { span })}
    </span>
  );
}
