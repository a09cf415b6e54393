// SPDX-License-Identifier: Apache-2.0
// Duty: who is there now, the roster, the log, daily safety reports, key periods; each part has an address.
import { useTranslation } from 'react-i18next';
import { Navigate, NavLink, useParams } from 'react-router';
import { PageHead } from '../../components/page-head';
import '../../styles/duty.css';
import '../../styles/parts.css';
import { LogPart } from './log';
import { NowPart } from './now';
import { PeriodsPart } from './periods';
import { ReportPage } from './report';
import { ReportsPart } from './reports';
import { RosterPart } from './roster';

const PARTS = { now: NowPart, roster: RosterPart, log: LogPart, reports: ReportsPart, periods: PeriodsPart } as const;
type Part = keyof typeof PARTS;

const isPart = (name: string): name is Part => name in PARTS;

export function Component() {
  const { t } = useTranslation();
  const { part = 'now', id } = useParams();
  if (!isPart(part)) return <Navigate to="/duty" replace />;
  const Content = PARTS[part];
  const report = part === 'reports' && id !== undefined ? Number(id) : undefined;
  return (
    <>
      <PageHead title={t('nav.duty')} hint={t('duty.hint')} help="daily-work#duty" />
      <nav className="parts" aria-label={t('duty.parts')}>
        {(Object.keys(PARTS) as Part[]).map((name) => (
          <NavLink key={name} to={name === 'now' ? '/duty' : `/duty/${name}`} end={name === 'now'}>
            {t(`duty.part.${name}`)}
          </NavLink>
        ))}
      </nav>
      {report === undefined ? <Content /> : <ReportPage id={report} />}
    </>
  );
}
