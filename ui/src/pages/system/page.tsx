// SPDX-License-Identifier: Apache-2.0
// How the platform itself is doing: what is wrong and what to do about it, processes, queue, storage, disk.
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type System, useSystem } from '../../api/admin-queries';
import { CopyButton } from '../../components/copy-button';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { formatBytes, formatCount, formatRate } from '../../lib/format';
import { type Trouble, troublesOf } from '../../lib/system';
import '../../styles/parts.css';
import '../../styles/system.css';
import { DiskPanel } from './disk';
import { ProcessesPanel } from './processes';

function TroubleItem({ trouble: { kind, name, value, pid, bad } }: { trouble: Trouble }) {
  const { t, i18n } = useTranslation();
  const words = { name, value: formatCount(value, i18n.language), pid };
  return (
    <Alert
      className="trouble"
      type={bad ? 'error' : 'warning'}
      showIcon
      data-testid={`trouble-${kind}`}
      title={t(`system.trouble.${kind}`, words)}
      description={t(`system.todo.${kind}`, words)}
    />
  );
}

function Troubles({ system }: { system: System }) {
  const { t } = useTranslation();
  const troubles = troublesOf(system);
  if (troubles.length === 0)
    return <Alert className="trouble" type="success" showIcon title={t('system.allWell')} data-testid="all-well" />;
  return troubles.map((trouble) => <TroubleItem key={trouble.kind + trouble.name} trouble={trouble} />);
}

function QueuePanel({ system: { queue, journal, store } }: { system: System }) {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  return (
    <Panel title={t('system.flow')} extra={<Link to="/sources">{t('system.toSources')}</Link>}>
      <dl className="pairs">
        <div>
          <dt>{t('health.rate')}</dt>
          <dd>{t('health.perSecond', { value: formatRate(queue.events_per_second, lang) })}</dd>
        </div>
        <div>
          <dt>{t('health.backlog')}</dt>
          <dd className="number" data-testid="backlog">
            {formatCount(queue.backlog, lang)}
          </dd>
        </div>
        <div>
          <dt>{t('system.received')}</dt>
          <dd className="number">{formatCount(journal.durable_seq, lang)}</dd>
        </div>
        <div>
          <dt>{t('health.stored')}</dt>
          <dd className="number">{store.events === undefined ? '–' : formatCount(store.events, lang)}</dd>
        </div>
      </dl>
    </Panel>
  );
}

function StoragePanel({ system: { journal, store } }: { system: System }) {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  return (
    <Panel title={t('system.storage')} extra={<Link to="/retention">{t('nav.retention')}</Link>}>
      <dl className="pairs">
        <div>
          <dt>{t('system.journal')}</dt>
          <dd>
            {formatBytes(journal.bytes, lang)}
            <span className="muted">
              {' '}
              {t('system.segments', { count: journal.segments, sealed: journal.sealed_segments })}
            </span>
          </dd>
        </div>
        {journal.oldest && (
          <div>
            <dt>{t('system.oldest')}</dt>
            <dd>
              <Time value={journal.oldest} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t('health.store')}</dt>
          <dd>
            {store.reachable ? formatBytes(store.bytes ?? 0, lang) : (store.message ?? t('health.unreachable'))}
            {store.reachable && (
              <span className="muted"> {t('system.partitions', { count: store.days ?? 0, parts: store.parts })}</span>
            )}
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

function CertificatePanel({ system: { certificate, version } }: { system: System }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('system.certificate')}>
      <dl className="pairs">
        <div>
          <dt>{t('system.until')}</dt>
          <dd>
            <Time value={certificate.until} />
          </dd>
        </div>
        <div>
          <dt>{t('system.madeBy')}</dt>
          <dd>{t(certificate.own ? 'system.ownCertificate' : 'system.yourCertificate')}</dd>
        </div>
        <div>
          <dt>SHA-256</dt>
          <dd className="mono">{certificate.fingerprint}</dd>
        </div>
        <div>
          <dt>{t('health.version')}</dt>
          <dd className="mono">{version}</dd>
        </div>
      </dl>
    </Panel>
  );
}

function CommandLine() {
  const { t } = useTranslation();
  const command = 'wanglou status';
  return (
    <p className="muted command">
      {t('system.command')} <code className="mono">{command}</code> <CopyButton text={command} />
    </p>
  );
}

export function Component() {
  const { t } = useTranslation();
  const query = useSystem();
  return (
    <>
      <PageHead title={t('nav.system')} hint={t('system.hint')} help="troubleshooting" />
      <Loaded query={query}>
        {(system) => (
          <>
            <Troubles system={system} />
            <div className="system">
              <ProcessesPanel processes={system.processes} />
              {system.disk && <DiskPanel disk={system.disk} />}
              <QueuePanel system={system} />
              <StoragePanel system={system} />
              <CertificatePanel system={system} />
            </div>
            <CommandLine />
          </>
        )}
      </Loaded>
    </>
  );
}
