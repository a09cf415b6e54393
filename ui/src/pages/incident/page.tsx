// SPDX-License-Identifier: Apache-2.0
// The workbench of one incident: its head is always there, below it the part that the address names.
import { Skeleton } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useParams } from 'react-router';
import { ApiError } from '../../api/errors';
import { type IncidentDetail, useIncident, useIncidentReports } from '../../api/incidents-queries';
import { useRectifications } from '../../api/rectifications-queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { isTab, TABS, type Tab, tabPath } from '../../lib/incident-state';
import '../../styles/incident.css';
import { Alerts } from './alerts';
import { Attack } from './attack';
import { Evidence } from './evidence';
import { Head } from './head';
import { History } from './history';
import { Notices } from './notices';
import { Overview } from './overview';
import { Reports } from './reports';
import { Tasks } from './tasks';

const Timeline = lazy(() => import('./timeline'));
const Graph = lazy(() => import('./graph'));

/** How many there are behind a tab, where a number says something. */
function useCounts(incident: IncidentDetail): Partial<Record<Tab, number>> {
  const { data: reports } = useIncidentReports(incident.id);
  const { data: notices } = useRectifications({ incident: incident.id });
  return {
    alerts: incident.alerts,
    evidence: incident.files.length,
    tasks: incident.tasks.filter(({ status }) => status === 'open').length,
    reports: reports?.items.filter(({ state }) => state === 'pending').length,
    notices: notices?.pages.reduce((sum, { items }) => sum + items.length, 0),
  };
}

function Tabs({ incident, tab }: { incident: IncidentDetail; tab: Tab }) {
  const { t } = useTranslation();
  const counts = useCounts(incident);
  return (
    <nav className="tabs" aria-label={t('incident.parts')}>
      {TABS.map((name) => (
        <NavLink
          key={name}
          to={tabPath(incident.id, name)}
          className={name === tab ? 'tab tab-on' : 'tab'}
          aria-current={name === tab ? 'page' : undefined}
          data-testid={`tab-${name}`}
          end
        >
          {t(`incident.tab.${name}`)}
          {Boolean(counts[name]) && <span className="tab-count number">{counts[name]}</span>}
        </NavLink>
      ))}
    </nav>
  );
}

const PARTS = {
  overview: Overview,
  timeline: Timeline,
  graph: Graph,
  attack: Attack,
  alerts: Alerts,
  evidence: Evidence,
  tasks: Tasks,
  reports: Reports,
  notices: Notices,
  history: History,
} as const;

function Workbench({ incident }: { incident: IncidentDetail }) {
  const { tab: name } = useParams();
  const tab = isTab(name) ? name : 'overview';
  const Part = PARTS[tab];
  return (
    <article className="incident" data-testid="incident">
      <Head incident={incident} />
      <Tabs incident={incident} tab={tab} />
      <Suspense fallback={<Skeleton active />}>
        <Part key={incident.id} incident={incident} />
      </Suspense>
    </article>
  );
}

export function Component() {
  const { t } = useTranslation();
  const { id } = useParams();
  const query = useIncident(Number(id));
  if (query.error instanceof ApiError && query.error.status === 404)
    return <Empty title={t('incident.notThere')} hint={t('incident.notThereHint')} />;
  return (
    <Loaded query={query} rows={12}>
      {(incident) => <Workbench incident={incident} />}
    </Loaded>
  );
}
