// SPDX-License-Identifier: Apache-2.0
// What happened to it: incidents it is among, alerts that name something of its, the risk these give it, and
// vulnerabilities, of which nothing is known yet.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAlertsNaming, useRiskOf } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { ErrorNotice } from '../../components/error-notice';
import { Panel } from '../../components/panel';
import { IncidentsPanel } from '../../components/register/incidents-panel';
import { useRuleTitle } from '../../components/rule-title';
import { DrillTag, LevelTag } from '../../components/tags';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { alertPath } from '../../lib/links';
import { type Asset, singleAddresses } from '../../lib/register';
import { alertsPath } from '../../lib/url-state';

const FROM = '-30d';
const NAMES = 4;
const ALERTS = 8;

function Alerts({ asset }: { asset: Asset }) {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  const may = useMay('alert.read');
  const names = [...singleAddresses(asset), ...asset.hosts, ...asset.domains].slice(0, NAMES);
  const answers = useAlertsNaming(names, FROM, may);
  if (!may) return null;
  const found = new Map(answers.flatMap(({ data }) => data?.alerts ?? []).map((alert) => [alert.id, alert]));
  const alerts = [...found.values()].sort((a, b) => b.time.localeCompare(a.time)).slice(0, ALERTS);
  const failed = answers.find(({ error }) => error);
  return (
    <Panel
      title={t('asset.alerts')}
      extra={
        <span className="register-actions">
          {names.map((name, i) => (
            <Link key={name} to={alertsPath({ q: name, from: FROM, to: 'now' })}>
              <span className="mono">{name}</span>{' '}
              <b className="number">{formatCount(answers[i]?.data?.total ?? 0, i18n.language)}</b>
            </Link>
          ))}
        </span>
      }
    >
      {failed && <ErrorNotice error={failed.error} onRetry={failed.refetch} />}
      {alerts.length === 0 && !answers.some(({ isPending }) => isPending) && (
        <p className="muted panel-empty">{t(names.length > 0 ? 'asset.noAlerts' : 'asset.nothingToFind')}</p>
      )}
      <ul className="asset-lines">
        {alerts.map(({ id, level, time, rule_title, rule_title_zh, drill }) => (
          <li key={id}>
            <LevelTag level={level} />
            <Link to={alertPath(id)}>{titleOf(rule_title, rule_title_zh)}</Link>
            {drill && <DrillTag />}
            <span className="grow" />
            <Time value={time} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Risk({ id }: { id: number }) {
  const { t, i18n } = useTranslation();
  const may = useMay('situation.read');
  const { data } = useRiskOf(id, may);
  const risk = data?.real ?? data?.drill;
  return (
    <Panel title={t('asset.risk')}>
      {may && (
        <p className="asset-risk">
          {risk ? (
            <>
              <b className="number">{formatCount(Math.round(risk.risk), i18n.language)}</b>
              <span className="muted">{t('asset.riskOf', { count: risk.alerts })}</span>
              {!data?.real && <DrillTag />}
              <span className="grow" />
              <Time value={risk.last} />
            </>
          ) : (
            <span className="muted">{t('asset.noRisk')}</span>
          )}
        </p>
      )}
      <h3 className="asset-sub">{t('asset.vulnerabilities')}</h3>
      <p className="muted">{t('asset.noVulnerabilities')}</p>
    </Panel>
  );
}

export function Trouble({ asset }: { asset: Asset }) {
  return (
    <>
      <div className="asset-two">
        <IncidentsPanel of={{ asset: asset.id }} />
        <Risk id={asset.id} />
      </div>
      <Alerts asset={asset} />
    </>
  );
}
