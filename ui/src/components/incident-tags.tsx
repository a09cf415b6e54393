// SPDX-License-Identifier: Apache-2.0
// What an incident and a notification are at a glance: level after GB/T 20986 and state, as colour and word.
import { useTranslation } from 'react-i18next';
import type { Incident, IncidentStatus } from '../api/incidents-queries';
import type { RectificationState } from '../api/rectifications-queries';

export const GRADES = [1, 2, 3, 4] as const;
export type Grade = (typeof GRADES)[number];
export const isGrade = (level: number | undefined): level is Grade => level !== undefined && level >= 1 && level <= 4;

const TONES: Record<Grade, string> = { 1: 'critical', 2: 'high', 3: 'medium', 4: 'low' };

/** The level decided, else proposed; that nobody has decided is said. */
export function GradeTag({ level, level_proposed }: Pick<Incident, 'level' | 'level_proposed'>) {
  const { t } = useTranslation();
  const shown = level ?? level_proposed;
  if (!isGrade(shown)) return <span className="muted">{t('incident.ungraded')}</span>;
  return (
    <span className="grade" title={level ? undefined : t('incident.proposedHint')}>
      <span className={`level level-${TONES[shown]} ${level ? '' : 'grade-proposed'}`}>
        {t(`incident.grade.${shown}`)}
      </span>
      {!level && <span className="muted grade-note">{t('incident.proposed')}</span>}
    </span>
  );
}

const DOTS: Record<IncidentStatus, string> = {
  new: 'new',
  triage: 'acknowledged',
  handling: 'acknowledged',
  rectification: 'acknowledged',
  closed: 'closed',
  false_positive: 'false_positive',
  merged: 'closed',
};

export function IncidentStatusTag({ status }: { status: IncidentStatus }) {
  const { t } = useTranslation();
  return <span className={`status status-${DOTS[status]}`}>{t(`incident.status.${status}`)}</span>;
}

const STATE_DOTS: Record<RectificationState, string> = {
  draft: 'closed',
  sent: 'acknowledged',
  confirmed: 'acknowledged',
  reported: 'new',
  returned: 'acknowledged',
  accepted: 'closed',
  withdrawn: 'closed',
};

export function RectificationTag({ state }: { state: RectificationState }) {
  const { t } = useTranslation();
  return <span className={`status status-${STATE_DOTS[state]}`}>{t(`rectification.state.${state}`)}</span>;
}
