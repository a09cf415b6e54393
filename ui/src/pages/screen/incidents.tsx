// SPDX-License-Identifier: Apache-2.0
// What is open, the gravest first, with its clock.
import { useTranslation } from 'react-i18next';
import { type Incident, useDueReports, useOpenIncidents } from '../../api/situation-queries';
import { useIncidentTitle } from '../../components/rule-title';
import { gradeOf } from '../../lib/situation';
import { localTime } from '../../lib/time';
import { Deadline } from '../overview/deadline';

const ASKED = 200;
const SHOWN = 8;
const REPORTS = 500;

/** Not graded comes last. */
const weight = (incident: Incident) => gradeOf(incident) || 9;

export function Incidents() {
  const titleOf = useIncidentTitle();
  const { t } = useTranslation();
  const { data } = useOpenIncidents(ASKED);
  const { data: reports } = useDueReports(REPORTS);
  if (!data) return null;
  const due = new Map<number, string>();
  for (const report of reports?.items ?? [])
    if (report.due && !due.has(report.incident)) due.set(report.incident, report.due);
  const shown = [...data.items]
    .sort((a, b) => weight(a) - weight(b) || b.score - a.score)
    .slice(0, SHOWN);
  if (shown.length === 0) return <p className="wall-notice">{t('screen.calm')}</p>;
  return (
    <table className="wall-table">
      <thead>
        <tr>
          <th>{t('screen.level')}</th>
          <th>{t('screen.incident')}</th>
          <th>{t('screen.unit')}</th>
          <th>{t('screen.status')}</th>
          <th>{t('screen.since')}</th>
          <th>{t('screen.reportLeft')}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((incident) => {
          const until = due.get(incident.id);
          return (
            <tr key={incident.id}>
              <td>
                <span className={`wall-grade wall-grade-${gradeOf(incident)}`}>
                  {t(`situation.grade.${gradeOf(incident)}`)}
                </span>
              </td>
              <td className="wall-title">{titleOf(incident)}</td>
              <td>{incident.unit_name}</td>
              <td className={incident.status === 'new' ? 'wall-bad' : ''}>{t(`screen.state.${incident.status}`)}</td>
              <td className="number">{localTime(incident.first).slice(5, 16)}</td>
              <td>{until ? <Deadline due={until} short /> : '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
