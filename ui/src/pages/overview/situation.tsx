// SPDX-License-Identifier: Apache-2.0
// The state in one sentence, every number in it a link to what it counts.
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useStatus } from '../../api/queries';
import type { Situation as Now } from '../../api/situation-queries';
import type { Overview, Status } from '../../api/types';
import { formatCount, formatDuration } from '../../lib/format';
import { STALE_SECONDS } from '../../lib/health';
import { incidentPath } from '../../lib/links';
import {
  countWord,
  gradeOf,
  gradePath,
  newIncidentsPath,
  openAlertsPath,
  openGrades,
  overduePath,
  unseenPath,
} from '../../lib/situation';
import { isSpan, localTime, type Range } from '../../lib/time';
import { alertsPath, eventsPath } from '../../lib/url-state';
import { Deadline } from './deadline';

/** "两起较大事件、一起一般事件", each a link. */
function OpenIncidents({ byLevel }: { byLevel: readonly number[] }) {
  const { t, i18n } = useTranslation();
  return openGrades(byLevel).map(({ grade, count }, i) => (
    <span key={grade}>
      {i > 0 && t('situation.and')}
      <Link to={gradePath(grade)}>
        {t(`situation.${grade === 0 ? 'ungraded' : 'graded'}`, {
          count,
          number: countWord(count, i18n.language),
          grade: t(`situation.grade.${grade}`),
        })}
      </Link>
    </span>
  ));
}

export type Urgent = NonNullable<Now['urgent']>;

/** What an incident is called by: the system it is about, else its title. */
export const subjectOf = ({ incident }: Urgent) => incident.asset_name || incident.unit_name || incident.title;

function MostUrgent({ urgent }: { urgent: Urgent }) {
  const { t } = useTranslation();
  const { incident, report } = urgent;
  return (
    <>
      {t('situation.urgent')}
      <Link to={incidentPath(incident.id)}>{subjectOf(urgent)}</Link>
      {report && (
        <Link to={incidentPath(incident.id)}>
          <Deadline due={report.due} />
        </Link>
      )}
      {t('situation.stop')}
    </>
  );
}

/** What waits beyond incidents; nothing where nothing does. */
function Waiting({ now }: { now: Now }) {
  const { t, i18n } = useTranslation();
  const { incidents, alerts_new, reports, rectifications, tasks } = now;
  const all: [count: number, key: 'untouched' | 'unseen' | 'reports' | 'rectifications' | 'tasks', to: string][] = [
    [incidents.untouched, 'untouched', newIncidentsPath()],
    [alerts_new.critical + alerts_new.high, 'unseen', unseenPath()],
    [reports.overdue, 'reports', overduePath('incidents')],
    [rectifications.overdue, 'rectifications', overduePath('rectifications')],
    [tasks.overdue, 'tasks', overduePath('incidents')],
  ];
  const items = all.filter(([count]) => count > 0);
  if (items.length === 0) return null;
  return (
    <ul className="situation-waiting">
      {items.map(([count, key, to]) => (
        <li key={key} className={key === 'untouched' || key === 'unseen' ? '' : 'overdue'}>
          <Link to={to}>{t(`situation.${key}`, { count, number: formatCount(count, i18n.language) })}</Link>
        </li>
      ))}
    </ul>
  );
}

function useSpanText(overview: Overview, range: Range): string {
  const { t } = useTranslation();
  if (range.to === 'now' && isSpan(range.from)) return t('overview.last', { span: t(`range.${range.from}`) });
  return `${localTime(overview.from).slice(0, 16)} – ${localTime(overview.to).slice(0, 16)}`;
}

function Freshness({ status }: { status: Status | undefined }) {
  const { t, i18n } = useTranslation();
  if (!status?.store.reachable) return null;
  const fresh = status.stale_seconds < STALE_SECONDS;
  const age = formatDuration(status.stale_seconds, i18n.language);
  return fresh ? t('overview.fresh') : t('overview.old', { age });
}

/** What came over the span that the page shows. */
function Counted({ overview, range }: { overview: Overview; range: Range }) {
  const { t, i18n } = useTranslation();
  const { data: status } = useStatus();
  const number = (n: number) => formatCount(n, i18n.language);
  const away = overview.store_reachable === false;
  return (
    <p className="situation-counted">
      <Trans
        i18nKey="overview.counted"
        values={{
          span: useSpanText(overview, range),
          alerts: number(overview.alerts_total),
          open: number(overview.alerts_open),
          events: away ? t('overview.unknown') : number(overview.events_total),
        }}
        components={{
          alerts: <Link to={alertsPath(range)} />,
          open: <Link to={alertsPath({ ...range, status: ['new', 'acknowledged'] })} />,
          events: <Link to={eventsPath(range)} />,
        }}
      />{' '}
      {overview.events_unparsed > 0 && (
        <Trans
          i18nKey="overview.unparsed"
          values={{ unparsed: number(overview.events_unparsed) }}
          components={{ unparsed: <Link to={eventsPath({ ...range, q: 'event.kind: "unparsed"' })} /> }}
        />
      )}{' '}
      {away ? <strong className="away">{t('overview.away')}</strong> : <Freshness status={status} />}
    </p>
  );
}

function Sentence({ now }: { now: Now }) {
  const { t } = useTranslation();
  const { open, drill, by_level } = now.incidents;
  const unseen = now.alerts_new.critical + now.alerts_new.high;
  if (open === 0)
    return (
      <p className="situation-state">
        <Trans i18nKey={unseen > 0 ? 'situation.calmBut' : 'situation.calm'} components={{ alerts: <Link to={openAlertsPath()} /> }} />
        {now.urgent && <MostUrgent urgent={now.urgent} />}
      </p>
    );
  return (
    <p className="situation-state">
      <OpenIncidents byLevel={by_level} />
      {t('situation.open')}
      {drill > 0 && <span className="muted">{t('situation.drill', { count: drill })}</span>}
      {now.urgent ? <MostUrgent urgent={now.urgent} /> : t('situation.stop')}
    </p>
  );
}

interface Props {
  now: Now;
  overview: Overview | undefined;
  range: Range;
  children?: ReactNode;
}

/** The worst of what is open, as the colour at the side has it; the words say it too. */
const toneOf = ({ incidents, urgent }: Now) =>
  incidents.open > 0 && urgent ? `situation-grade-${gradeOf(urgent.incident)}` : 'situation-calm';

export function Situation({ now, overview, range, children }: Props) {
  return (
    <section className={`situation ${toneOf(now)}`} data-testid="situation">
      <div className="situation-words">
        <Sentence now={now} />
        <Waiting now={now} />
        {overview && <Counted overview={overview} range={range} />}
      </div>
      {children}
    </section>
  );
}
