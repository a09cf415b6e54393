// SPDX-License-Identifier: Apache-2.0
// One daily safety report: what it claims, what it could not see, who was there; read, signed, taken along.
import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import {
  type DutyReport,
  type ReportContent,
  reportDocument,
  useReport,
  useSignReport,
} from '../../api/duty-queries';
import { useMay } from '../../api/queries';
import { LEVELS } from '../../api/types';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { LevelTag } from '../../components/tags';
import { Time } from '../../components/time';
import { localTime } from '../../lib/time';
import { useDone } from '../../components/use-done';
import { formatCount } from '../../lib/format';
import { incidentPath } from '../../lib/links';
import { alertsPath } from '../../lib/url-state';
import { SpanTime, Verdict } from './words';

const COMMENT_MAX = 4000;
const LOG_SHOWN = 50;

function Sign({ report }: { report: DutyReport }) {
  const { t } = useTranslation();
  const { done, failed } = useDone();
  const sign = useSignReport();
  const [comment, setComment] = useState('');
  const needed = report.verdict !== 'safe';
  // Not by the callbacks of mutate(): they go with this panel, which a signed report has not.
  const onSign = () =>
    sign
      .mutateAsync({ report, comment: comment.trim() || undefined })
      .then(() => done(t('duty.report.signDone')), failed);
  return (
    <Panel title={t('duty.report.sign')}>
      <label className="block" htmlFor="report-comment">
        {t(needed ? 'duty.report.commentNeeded' : 'duty.report.comment')}
      </label>
      <Input.TextArea
        id="report-comment"
        rows={3}
        maxLength={COMMENT_MAX}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        placeholder={t('duty.report.commentHint')}
      />
      <div className="actions">
        <Button
          type="primary"
          disabled={needed && !comment.trim()}
          loading={sign.isPending}
          onClick={onSign}
          data-testid="sign-report"
        >
          {t('duty.report.signNow')}
        </Button>
        <span className="muted">{t('duty.report.signHint')}</span>
      </div>
    </Panel>
  );
}

function Pairs({ pairs }: { pairs: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="pairs">
      {pairs.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Alerts({ report, alerts }: { report: DutyReport; alerts: ReportContent['alerts'] }) {
  const { t, i18n } = useTranslation();
  const range = { from: report.from, to: report.to };
  return (
    <Panel title={t('duty.report.alerts')}>
      <p>
        <Link to={alertsPath(range)}>
          {t('duty.report.alertsSum', {
            total: formatCount(alerts.total, i18n.language),
            open: formatCount(alerts.open, i18n.language),
          })}
        </Link>
      </p>
      <ul className="levels">
        {LEVELS.map((level) => (
          <li key={level}>
            <Link to={alertsPath({ ...range, level: [level] })}>
              <LevelTag level={level} /> <span className="number">{alerts.by_level[level] ?? 0}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Incidents({ incidents }: { incidents: ReportContent['incidents'] }) {
  const { t } = useTranslation();
  const { opened, closed, open, list, listed_out } = incidents;
  return (
    <Panel title={t('duty.report.incidents')}>
      <p>{t('duty.report.incidentsSum', { opened, closed, open })}</p>
      {list.length > 0 && (
        <table className="plain plain-lined">
          <tbody>
            {list.map((incident) => (
              <tr key={incident.id}>
                <td className="nowrap number">
                  <Link to={incidentPath(incident.id)}>{incident.number}</Link>
                </td>
                <td>
                  <LevelTag level={incident.severity} />
                </td>
                <td>{incident.title}</td>
                <td>{[incident.unit, incident.responsible].filter(Boolean).join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {listed_out > 0 && <p className="muted">{t('duty.report.listedOut', { count: listed_out })}</p>}
    </Panel>
  );
}

function Coverage({ coverage }: { coverage: ReportContent['coverage'] }) {
  const { t, i18n } = useTranslation();
  const known = (reason: string) =>
    i18n.exists(`duty.gap.${reason}`) ? t(`duty.gap.${reason}` as 'duty.gap.unknown') : reason;
  return (
    <Panel title={t('duty.report.coverage')}>
      {coverage.verdict === 'complete' ? (
        <p>{t('duty.report.complete', { count: coverage.sources })}</p>
      ) : (
        <>
          <Alert type="warning" showIcon title={t('duty.report.blind', { count: coverage.gap_count })} />
          <table className="plain plain-lined">
            <tbody>
              {coverage.gaps.map((gap) => (
                <tr key={`${gap.reason}${gap.who}${gap.from}`}>
                  <td className="nowrap">
                    <SpanTime from={gap.from} to={gap.to} />
                  </td>
                  <td>
                    {known(gap.reason)}
                    {gap.acknowledged && (
                      <div className="muted">
                        {t('duty.report.acknowledged', {
                          reason: gap.acknowledged.reason,
                          by: gap.acknowledged.by,
                          until: localTime(gap.acknowledged.until).slice(0, 16),
                        })}
                      </div>
                    )}
                  </td>
                  <td className="mono">{gap.who}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Panel>
  );
}

function People({ content }: { content: ReportContent }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('duty.report.onDuty')}>
      {content.holes.map((hole) => (
        <Alert
          key={hole.from}
          className="duty-alert"
          type="warning"
          showIcon
          title={
            <>
              {t('duty.report.hole')} <SpanTime from={hole.from} to={hole.to} />
            </>
          }
        />
      ))}
      {content.on_duty.length > 0 && (
        <Pairs
          pairs={content.on_duty.map(
            (shift) =>
              [
                `${t(`duty.place.${shift.place}`)} ${shift.name}`,
                <SpanTime key={shift.from} from={shift.from} to={shift.to} />,
              ] as const,
          )}
        />
      )}
      {content.periods.map((period) => (
        <p key={period.name + period.from}>
          {t(`duty.kind.${period.kind}`)} {period.name}
        </p>
      ))}
    </Panel>
  );
}

function Log({ log }: { log: ReportContent['log'] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('duty.part.log')}>
      {log.length === 0 && <p className="muted">{t('duty.report.noLog')}</p>}
      <ul className="report-log">
        {log.slice(0, LOG_SHOWN).map((line) => (
          <li key={line.time + line.text}>
            <Time value={line.time} /> <span className="muted">{line.by}</span> {line.text}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Head({ report }: { report: DutyReport }) {
  const { t } = useTranslation();
  return (
    <div className="report-head panel">
      <Link to="/duty/reports">{t('duty.report.back')}</Link>
      <h2 className="report-title">
        {t('duty.report.title')} <SpanTime from={report.from} to={report.to} />
      </h2>
      <Verdict verdict={report.verdict} />
      <span className="grow" />
      {(['pdf', 'docx'] as const).map((format) => (
        <Button key={format} icon={<DownloadOutlined />} href={reportDocument(report.id, format)} download>
          {format.toUpperCase()}
        </Button>
      ))}
    </div>
  );
}

function Signature({ report }: { report: DutyReport }) {
  const { t } = useTranslation();
  const pairs: (readonly [string, ReactNode])[] = [
    [t('duty.report.madeAt'), <Time key="made" value={report.made} />],
  ];
  if (report.signed)
    pairs.push([
      t('duty.report.signed'),
      <span key="signed" data-testid="signature">
        {report.signed_by} <Time value={report.signed} />
      </span>,
    ]);
  if (report.comment) pairs.push([t('duty.report.commentWas'), report.comment]);
  if (report.sent) pairs.push([t('duty.report.sent'), <Time key="sent" value={report.sent} />]);
  pairs.push([
    'SHA-256',
    <code key="sum" className="mono">
      {report.sha256}
    </code>,
  ]);
  return (
    <Panel title={t('duty.report.proof')}>
      <Pairs pairs={pairs} />
    </Panel>
  );
}

export function ReportPage({ id }: { id: number }) {
  const query = useReport(id);
  const may = useMay('duty.change');
  return (
    <Loaded query={query}>
      {(report) => {
        const content = report.content as unknown as ReportContent;
        return (
          <>
            <Head report={report} />
            <div className="report">
              <div>
                <Incidents incidents={content.incidents} />
                <Coverage coverage={content.coverage} />
                <Log log={content.log} />
              </div>
              <div>
                {may && !report.signed && <Sign report={report} />}
                <Alerts report={report} alerts={content.alerts} />
                <People content={content} />
                <Signature report={report} />
              </div>
            </div>
          </>
        );
      }}
    </Loaded>
  );
}
