// SPDX-License-Identifier: Apache-2.0
// What is kept for how long, what goes next, how the archive stands. It is settled by files on the machine and
// audited commands alone, so this page shows it and says where.
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Retention, useRetention } from '../../api/admin-queries';
import { useMay } from '../../api/queries';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { Panel } from '../../components/panel';
import { Snippet } from '../../components/snippet';
import { Time } from '../../components/time';
import { formatBytes, formatCount } from '../../lib/format';
import { commandsOf, goesNext, type RetentionClass } from '../../lib/keep';
import '../../styles/parts.css';
import '../../styles/system.css';

function useClassName() {
  const { t, i18n } = useTranslation();
  return ({ name }: RetentionClass) =>
    i18n.exists(`retention.class.${name}`) ? t(`retention.class.${name}` as 'retention.class.other') : name;
}

function Next({ retention }: { retention: Retention }) {
  const { t } = useTranslation();
  const nameOf = useClassName();
  const next = goesNext(retention.classes);
  return (
    <Alert
      type="info"
      showIcon
      data-testid="goes-next"
      title={
        next?.goes ? (
          <>
            {t('retention.next', { name: nameOf(next) })} <Time value={next.goes} />
          </>
        ) : (
          t('retention.nothingYet')
        )
      }
      description={t('retention.floor', { days: retention.legal_days })}
    />
  );
}

function Match({ class: kept }: { class: RetentionClass }) {
  const { t } = useTranslation();
  const parts = [
    ...kept.listeners,
    ...kept.hints,
    ...(kept.networks ? [t('retention.networks', { count: kept.networks })] : []),
  ];
  if (kept.id === 0) return <span className="muted">{t('retention.rest')}</span>;
  return <span className="mono">{parts.join(' ')}</span>;
}

function ClassRow({ class: kept, legal }: { class: RetentionClass; legal: number }) {
  const { t, i18n } = useTranslation();
  const nameOf = useClassName();
  return (
    <tr>
      <td>{nameOf(kept)}</td>
      <td>
        <Match class={kept} />
      </td>
      <td className="number end nowrap">
        {t('retention.days', { count: kept.days })}
        {kept.days < legal && <strong className="sent-failed"> {t('retention.below')}</strong>}
      </td>
      <td className="number end nowrap">{t('retention.days', { count: kept.least })}</td>
      <td className="number end">{kept.share ? `${kept.share}%` : '–'}</td>
      <td className="number end">{formatCount(kept.records, i18n.language)}</td>
      <td className="nowrap">{kept.oldest ? <Time value={kept.oldest} /> : '–'}</td>
      <td className="nowrap">{kept.goes ? <Time value={kept.goes} /> : '–'}</td>
    </tr>
  );
}

function ClassesPanel({ retention }: { retention: Retention }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t('retention.policy')} className="system-wide">
      <div className="scroll-x">
        <table className="plain plain-lined plain-wide" data-testid="classes">
          <thead>
            <tr>
              <th>{t('retention.what')}</th>
              <th>{t('retention.match')}</th>
              <th className="end">{t('retention.keep')}</th>
              <th className="end">{t('retention.least')}</th>
              <th className="end">{t('retention.share')}</th>
              <th className="end">{t('retention.records')}</th>
              <th>{t('retention.oldest')}</th>
              <th>{t('retention.goes')}</th>
            </tr>
          </thead>
          <tbody>
            {retention.classes.map((kept) => (
              <ClassRow key={kept.id} class={kept} legal={retention.legal_days} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted">
        {retention.size
          ? t('retention.size', { size: formatBytes(retention.size, i18n.language) })
          : t('retention.noSize', { critical: retention.disk_critical })}
      </p>
    </Panel>
  );
}

function OverridePanel({ retention: { override, legal_days, ...rest } }: { retention: Retention }) {
  const { t, i18n } = useTranslation();
  const { override: command } = commandsOf(rest);
  return (
    <Panel title={t('retention.override')}>
      {override.unreadable && (
        <Alert type="error" showIcon title={t('retention.unreadable')} description={override.unreadable} />
      )}
      {override.active ? (
        <Alert
          type="warning"
          showIcon
          title={
            override.bytes
              ? t('retention.cutTo', { size: formatBytes(override.bytes, i18n.language) })
              : t('retention.lowered', { count: override.days })
          }
          description={override.reason}
        />
      ) : (
        <p>{t('retention.noOverride', { days: legal_days })}</p>
      )}
      <Snippet title={t('retention.overrideHow')} text={command} />
    </Panel>
  );
}

function ArchivePanel({ retention }: { retention: Retention }) {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  const mayTrail = useMay('trail.read');
  const { archive } = retention;
  return (
    <Panel
      title={t('retention.archive')}
      extra={mayTrail && <Link to="/trail?action=audit.verify&from=-30d">{t('retention.verifications')}</Link>}
    >
      <dl className="pairs">
        <div>
          <dt>{t('retention.sealed')}</dt>
          <dd>
            {t('retention.sealedOf', { sealed: archive.sealed_segments, count: archive.segments })}{' '}
            {formatBytes(archive.sealed_bytes, lang)}
          </dd>
        </div>
        <div>
          <dt>{t('retention.lastSeal')}</dt>
          <dd>{archive.sealed ? <Time value={archive.sealed} /> : t('retention.neverSealed')}</dd>
        </div>
        <div>
          <dt>{t('retention.head')}</dt>
          <dd>
            {archive.head ? (
              <>
                <Time value={archive.head.time} />{' '}
                <span className="muted">
                  {t('retention.headSize', { records: formatCount(archive.head.size, lang) })}
                </span>
              </>
            ) : (
              t('retention.noHead')
            )}
          </dd>
        </div>
        <div>
          <dt>{t('retention.encrypted')}</dt>
          <dd>{t(archive.encrypted ? 'retention.isEncrypted' : 'retention.isPlain')}</dd>
        </div>
      </dl>
      <Snippet title={t('retention.verifyHow')} text={commandsOf(retention).verify} />
    </Panel>
  );
}

function HowPanel({ retention }: { retention: Retention }) {
  const { t } = useTranslation();
  const settings = 'retention:\n  days: 190\n  size_gib: 0';
  const classes = 'classes:\n  - id: 3\n    name: firewall\n    match: {hint: h3c-secpath}\n    days: 365\n    least: 180';
  return (
    <Panel title={t('retention.how')} className="system-wide">
      <ol className="how">
        <li>
          {t('retention.howSettings')} <code className="mono">{retention.settings_file}</code>
          <Snippet text={settings} />
        </li>
        <li>
          {t('retention.howClasses')} <code className="mono">{retention.classes_file}</code>
          <Snippet text={classes} />
        </li>
        <li>{t('retention.howRestart')}</li>
      </ol>
    </Panel>
  );
}

export function Component() {
  const { t } = useTranslation();
  const query = useRetention();
  return (
    <>
      <PageHead title={t('nav.retention')} hint={t('retention.hint')} help="administration#retention" />
      <Loaded query={query}>
        {(retention) => (
          <>
            <Next retention={retention} />
            <div className="admin-grid">
              <ClassesPanel retention={retention} />
              <ArchivePanel retention={retention} />
              <OverridePanel retention={retention} />
              <HowPanel retention={retention} />
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}
