// SPDX-License-Identifier: Apache-2.0
// A deadline as people live it: how long is left, or by how much it has passed; the moment itself on hover.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { spanText, urgencyOf } from '../lib/countdown';
import { localTime } from '../lib/time';

const TICK_MS = 15_000;

/** The time, which moves on. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function Countdown({ due, label }: { due: string; label?: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const urgency = urgencyOf(due, now);
  const span = spanText(Date.parse(due) - now, i18n.language);
  return (
    <time className={`countdown countdown-${urgency} number`} dateTime={due} title={localTime(due)}>
      {label && <span className="countdown-label">{label}</span>}
      {t(urgency === 'over' ? 'countdown.over' : 'countdown.left', { span })}
    </time>
  );
}

/** How long ago something was, shortly. */
export function Age({ since }: { since: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  return (
    <time className="number" dateTime={since} title={localTime(since)}>
      {spanText(now - Date.parse(since), i18n.language)}
    </time>
  );
}
