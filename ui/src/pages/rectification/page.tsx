// SPDX-License-Identifier: Apache-2.0
// One notification: what was asked, what was answered, with which proof, who has the links, and what comes next.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { ApiError } from '../../api/errors';
import { useMay } from '../../api/queries';
import {
  documentHref,
  evidenceHref,
  type Rectification,
  useRectification,
  useRectificationStep,
} from '../../api/rectifications-queries';
import { Countdown } from '../../components/countdown';
import { Crumbs } from '../../components/crumbs';
import { Empty } from '../../components/empty';
import { RectificationTag } from '../../components/incident-tags';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { useRefused } from '../../components/use-conflict';
import { useDone } from '../../components/use-done';
import { formatBytes } from '../../lib/format';
import { tabPath } from '../../lib/incident-state';
import { incidentPath, personPath, unitPath } from '../../lib/links';
import '../../styles/incident.css';
import { Draft } from './draft';
import { Steps } from './steps';

interface Props {
  notice: Rectification;
}

const RUNS = ['sent', 'confirmed', 'returned'];

function Head({ notice }: Props) {
  const { t } = useTranslation();
  const may = useMay('rectification.change');
  const { number, title, state, unit, incident, deadline, extension } = notice;
  return (
    <header className="incident-head">
      <Crumbs above={[['/rectifications', t('rectification.title')]]}>{number || t('rectification.state.draft')}</Crumbs>
      <div className="incident-title">
        <h1>{title}</h1>
        <span className="grow" />
        {may && <Steps notice={notice} />}
      </div>
      <div className="incident-facts">
        <span data-testid="notice-state">
          <RectificationTag state={state} />
        </span>
        <Link to={unitPath(unit.id)}>{unit.name}</Link>
        <span>
          <span className="muted">{t('rectification.incident')} </span>
          <Link className="mono" to={incidentPath(incident.id)}>
            {incident.number}
          </Link>
        </span>
        <span>
          <span className="muted">{t('rectification.deadline')} </span>
          {RUNS.includes(state) ? <Countdown due={deadline} /> : <Time value={deadline} />}
        </span>
        {extension.state === 'asked' && extension.until && (
          <span className="countdown-soon" data-testid="asked">
            {t('rectification.asksUntil')} <Time value={extension.until} />
            {extension.reason && ` · ${extension.reason}`}
          </span>
        )}
      </div>
    </header>
  );
}

function Text({ label, children }: { label: string; children: string | undefined }) {
  return (
    <div className="said">
      <h3>{label}</h3>
      <p className="prewrap">{children || '—'}</p>
    </div>
  );
}

function Asked({ notice }: Props) {
  const { t } = useTranslation();
  return (
    <Panel
      title={t('rectification.asked')}
      extra={
        <span className="links">
          <a href={documentHref(notice.id, 'notice', 'pdf')} download data-testid="notice-pdf">
            {t('rectification.noticePdf')}
          </a>
          <a href={documentHref(notice.id, 'notice', 'docx')} download data-testid="notice-docx">
            DOCX
          </a>
        </span>
      }
    >
      <Text label={t('rectification.facts')}>{notice.facts}</Text>
      <Text label={t('rectification.requirements')}>{notice.requirements}</Text>
      <Text label={t('rectification.contact')}>{notice.contact}</Text>
    </Panel>
  );
}

function Answered({ notice }: Props) {
  const { t, i18n } = useTranslation();
  const { report, files, answer, answered_by } = notice;
  const begun = report.cause || report.measures || report.result;
  return (
    <Panel
      title={t('rectification.answered')}
      extra={
        report.reported && (
          <span className="links">
            <a href={documentHref(notice.id, 'report', 'pdf')} download data-testid="report-pdf">
              {t('rectification.reportPdf')}
            </a>
            <a href={documentHref(notice.id, 'report', 'docx')} download data-testid="report-docx">
              DOCX
            </a>
          </span>
        )
      }
    >
      {answer && (
        <p className="answer">
          <b>{t('rectification.ourAnswer')}</b> {answer} <span className="muted">{answered_by}</span>
        </p>
      )}
      {begun ? (
        <div data-testid="answer">
          <p className="muted">
            {report.reported ? (
              <>
                {report.reported_by} <Time value={report.reported} />
              </>
            ) : (
              t('rectification.notYet')
            )}
          </p>
          <Text label={t('rectification.cause')}>{report.cause}</Text>
          <Text label={t('rectification.measures')}>{report.measures}</Text>
          <Text label={t('rectification.result')}>{report.result}</Text>
        </div>
      ) : (
        <p className="muted">{t('rectification.noAnswer')}</p>
      )}
      {files.length > 0 && (
        <>
          <h3>{t('rectification.files')}</h3>
          <ul className="stack answer-files">
            {files.map(({ id, name, size, sha256, added, by }) => (
              <li key={id}>
                <a href={evidenceHref(notice.id, id)} download={name}>
                  {name}
                </a>{' '}
                <span className="muted number">{formatBytes(size, i18n.language)}</span>{' '}
                <span className="muted">
                  {by} <Time value={added} />
                </span>
                <div className="mono muted wrap">SHA-256 {sha256}</div>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function People({ notice }: Props) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const may = useMay('rectification.change');
  const step = useRectificationStep();
  const { done } = useDone();
  const refused = useRefused();
  const revoke = (person?: number, name?: string) =>
    modal.confirm({
      title: name ? t('rectification.revokeOf', { name }) : t('rectification.revokeAll'),
      content: t('rectification.revokeHint'),
      okText: t('rectification.revoke'),
      okButtonProps: { danger: true },
      onOk: () =>
        step
          .mutateAsync({ notice, step: { action: 'revoke', body: { person } } })
          .then(() => done(t('rectification.did.revoke')), refused),
    });
  const links = notice.people.reduce((sum, person) => sum + person.links, 0);
  return (
    <Panel
      title={t('rectification.people')}
      extra={
        may &&
        links > 0 && (
          <Button size="small" onClick={() => revoke()} data-testid="revoke-all">
            {t('rectification.revokeEvery')}
          </Button>
        )
      }
    >
      {notice.people.length === 0 && <p className="muted">{t('rectification.nobodyTold')}</p>}
      <ul className="people">
        {notice.people.map(({ person, name, duty, unit_name, phone, mail, told, used, links: own, distance }) => (
          <li key={person}>
            <Link to={personPath(person)}>{name}</Link>
            {phone && (
              <a className="number" href={`tel:${phone}`}>
                {phone}
              </a>
            )}
            <span className="muted">
              {t(`incident.duty.${duty as 'operator'}`)}
              {distance > 0 && ` · ${unit_name}`}
            </span>
            <span className="muted">
              {mail ?? t('rectification.noMail')}
              {told && (
                <>
                  {' · '}
                  {t('rectification.told')} <Time value={told} />
                </>
              )}
              {used && (
                <>
                  {' · '}
                  {t('rectification.used')} <Time value={used} />
                </>
              )}
            </span>
            {may && own > 0 && (
              <Button size="small" type="link" onClick={() => revoke(person, name)}>
                {t('rectification.revoke')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function History({ notice }: Props) {
  const { t } = useTranslation();
  return (
    <Panel title={t('rectification.history')}>
      <ol className="lines" data-testid="notice-history">
        {[...notice.history].reverse().map(({ time, action, by, unit, text }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id and never move
          <li key={i} className="line">
            <Time value={time} />
            <span className="line-by">
              {by}
              {unit && <span className="muted"> {t('rectification.ofUnit')}</span>}
            </span>
            <span className="line-text">
              {t(`rectification.step.${action}`)}
              {text && <span className="line-said">{text}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Content({ notice }: Props) {
  const { t } = useTranslation();
  const may = useMay('rectification.change');
  const draft = notice.state === 'draft' && may;
  /** What was never sent has no answer and nobody who was told. */
  const sent = notice.number !== '';
  return (
    <article className="incident" data-testid="rectification">
      <Head notice={notice} />
      <div className="two">
        <div className="column">
          {draft ? <Draft key={notice.id} notice={notice} /> : <Asked notice={notice} />}
          {sent && <Answered notice={notice} />}
        </div>
        <div className="column">
          {sent && <People notice={notice} />}
          <History notice={notice} />
          <p className="muted">
            <Link to={tabPath(notice.incident.id, 'notices')}>{t('rectification.others')}</Link>
          </p>
        </div>
      </div>
    </article>
  );
}

export function Component() {
  const { t } = useTranslation();
  const { id } = useParams();
  const query = useRectification(Number(id));
  if (query.error instanceof ApiError && query.error.status === 404)
    return <Empty title={t('rectification.notThere')} hint={t('incident.notThereHint')} />;
  return (
    <Loaded query={query} rows={12}>
      {(notice) => <Content notice={notice} />}
    </Loaded>
  );
}
