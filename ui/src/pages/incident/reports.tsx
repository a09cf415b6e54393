// SPDX-License-Identifier: Apache-2.0
// What has to be reported to whom by when, in three stages, with the forms filled as far as the incident tells.
import { useTranslation } from 'react-i18next';
import { type IncidentDetail, type ReportDuty, useIncidentReports } from '../../api/incidents-queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { ReportCard } from '../../components/report-duty';

const ORDER: Record<ReportDuty['state'], number> = { pending: 0, waiting: 1, submitted: 2, waived: 3, lifted: 4 };

const byUrgency = (a: ReportDuty, b: ReportDuty) =>
  ORDER[a.state] - ORDER[b.state] || Date.parse(a.due ?? '') - Date.parse(b.due ?? '') || a.id - b.id;

export function Reports({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const query = useIncidentReports(incident.id);
  return (
    <section data-testid="reports">
      <p className="muted form-notice">{t('reporting.advice')}</p>
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('reporting.noneHere')} hint={t('reporting.noneHereHint')} />}
      >
        {({ items }) => (
          <ul className="stack">
            {[...items].sort(byUrgency).map((report) => (
              <ReportCard key={report.id} report={report} />
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
