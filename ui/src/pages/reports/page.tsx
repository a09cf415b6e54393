// SPDX-License-Identifier: Apache-2.0
// What authorities expect, across all incidents, the most urgent first.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type ReportDuty, useDueReports } from '../../api/incidents-queries';
import { useNow } from '../../components/countdown';
import { Empty } from '../../components/empty';
import { GradeTag } from '../../components/incident-tags';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { ReportCard } from '../../components/report-duty';
import { useIncidentTitle } from '../../components/rule-title';
import { DrillTag } from '../../components/tags';
import { urgencyOf } from '../../lib/countdown';
import { tabPath } from '../../lib/incident-state';
import { flag, list, useUrlState } from '../../lib/url-state';
import '../../styles/incident.css';

const URGENCIES = ['over', 'soon', 'later'] as const;
const STATE = { due: list<(typeof URGENCIES)[number]>(URGENCIES), drill: flag };

function Of({ report }: { report: ReportDuty }) {
  const titleOf = useIncidentTitle();
  return (
    <p className="report-of">
      <Link to={tabPath(report.incident, 'reports')}>
        <span className="mono">{report.incident_number}</span>{' '}
        {titleOf({ title: report.incident_title, title_en: report.incident_title_en })}
      </Link>
      {report.drill && <DrillTag />}
      <GradeTag
        level={report.level_proposed ? undefined : report.level}
        level_proposed={report.level_proposed ? report.level : undefined}
      />
    </p>
  );
}

function List({ items }: { items: ReportDuty[] }) {
  const { t } = useTranslation();
  const now = useNow();
  const [{ due, drill }, change] = useUrlState(STATE);
  const mine = items.filter((report) => drill === undefined || report.drill === drill);
  const urgency = (report: ReportDuty) => urgencyOf(report.due ?? '', now);
  const shown = mine.filter((report) => due.length === 0 || due.includes(urgency(report)));
  const toggle = (name: (typeof URGENCIES)[number]) =>
    change({ due: due.includes(name) ? due.filter((each) => each !== name) : [...due, name] });
  return (
    <>
      <fieldset className="counts" aria-label={t('reporting.title')}>
        {URGENCIES.map((name) => {
          const count = mine.filter((report) => urgency(report) === name).length;
          return (
            <button
              key={name}
              type="button"
              className={name === 'over' && count > 0 ? 'count count-bad' : 'count'}
              aria-pressed={due.includes(name)}
              onClick={() => toggle(name)}
            >
              <b className="number">{count}</b> {t(`reporting.urgency.${name}`)}
            </button>
          );
        })}
        {([true, false] as const).map((value) => (
          <button
            key={String(value)}
            type="button"
            className="count"
            aria-pressed={drill === value}
            onClick={() => change({ drill: drill === value ? undefined : value })}
          >
            {t(value ? 'alerts.drillOnly' : 'alerts.drillReal')}
          </button>
        ))}
      </fieldset>
      {shown.length === 0 && <Empty title={t('reporting.none')} hint={t('incidents.noneFoundHint')} />}
      <ul className="stack" data-testid="due">
        {shown.map((report) => (
          <ReportCard key={report.id} report={report} head={<Of report={report} />} />
        ))}
      </ul>
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const query = useDueReports();
  return (
    <>
      <PageHead title={t('reporting.title')} hint={t('reporting.advice')} help="reports" />
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('reporting.none')} hint={t('reporting.noneHint')} />}
      >
        {({ items }) => <List items={items} />}
      </Loaded>
    </>
  );
}
