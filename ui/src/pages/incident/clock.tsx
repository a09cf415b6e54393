// SPDX-License-Identifier: Apache-2.0
// Everything that has a deadline, the nearest first: reports to authorities, tasks, what units owe.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type IncidentDetail, useIncidentReports } from '../../api/incidents-queries';
import { useRectifications } from '../../api/rectifications-queries';
import { Countdown } from '../../components/countdown';
import { type Tab, tabPath } from '../../lib/incident-state';
import { rectificationPath } from '../../lib/links';

interface Due {
  key: string;
  due: string;
  kind: string;
  what: string;
  to: string;
}

const SHOWN = 4;
const OWED = ['sent', 'confirmed', 'returned'];

function useDues(incident: IncidentDetail): Due[] {
  const { t } = useTranslation();
  const { data: reports } = useIncidentReports(incident.id);
  const { data: notices } = useRectifications({ incident: incident.id });
  const link = (tab: Tab) => tabPath(incident.id, tab);
  const dues: Due[] = [];
  for (const report of reports?.items ?? [])
    if (report.state === 'pending' && report.due)
      dues.push({
        key: `report-${report.id}`,
        due: report.due,
        kind: t(`incident.stage.${report.stage}`),
        what: report.recipient,
        to: link('reports'),
      });
  for (const task of incident.tasks)
    if (task.status === 'open' && task.due)
      dues.push({ key: `task-${task.id}`, due: task.due, kind: t('incidents.due.task'), what: task.title, to: link('tasks') });
  for (const notice of notices?.pages.flatMap(({ items }) => items) ?? [])
    if (OWED.includes(notice.state))
      dues.push({
        key: `notice-${notice.id}`,
        due: notice.deadline,
        kind: t('incidents.due.rectification'),
        what: notice.unit.name,
        to: rectificationPath(notice.id),
      });
  return dues.sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
}

export function Clock({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const dues = useDues(incident);
  if (dues.length === 0) return null;
  return (
    <ul className="clock" aria-label={t('incident.clock')} data-testid="clock">
      {dues.slice(0, SHOWN).map(({ key, due, kind, what, to }) => (
        <li key={key}>
          <Link to={to} title={`${kind} ${what}`}>
            <Countdown due={due} />
            <span className="clock-what">
              {kind} <span className="muted">{what}</span>
            </span>
          </Link>
        </li>
      ))}
      {dues.length > SHOWN && (
        <li>
          <Link to={tabPath(incident.id, 'reports')}>{t('incident.moreDue', { value: dues.length - SHOWN })}</Link>
        </li>
      )}
    </ul>
  );
}
