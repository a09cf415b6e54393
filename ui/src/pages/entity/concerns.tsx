// SPDX-License-Identifier: Apache-2.0
// The incidents and alerts that it is part of.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAlertsAbout, useIncidentsAbout } from '../../api/hunt-queries';
import { useMay } from '../../api/queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { useIncidentTitle, useRuleTitle } from '../../components/rule-title';
import { LevelTag, StatusTag } from '../../components/tags';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { alertPath, incidentPath } from '../../lib/links';
import type { Range } from '../../lib/time';
import { alertsPath } from '../../lib/url-state';

interface Props {
  value: string;
  range: Range;
}

function Alerts({ value, range }: Props) {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  const query = useAlertsAbout(range, value);
  const total = query.data?.total;
  const all = alertsPath({ ...range, q: value });
  return (
    <Panel
      title={t('entity.alerts')}
      extra={total ? <Link to={all}>{t('entity.all', { value: formatCount(total, i18n.language) })}</Link> : null}
    >
      <Loaded
        query={query}
        rows={4}
        isEmpty={({ alerts }) => alerts.length === 0}
        empty={<p className="muted">{t('entity.noAlerts')}</p>}
      >
        {({ alerts }) => (
          <ul className="entity-rows" data-testid="entity-alerts">
            {alerts.map(({ id, time, level, status, rule_title, rule_title_zh }) => (
              <li key={id}>
                <LevelTag level={level} />
                <Time value={time} />
                <Link className="grow ellipsis" to={alertPath(id)}>
                  {titleOf(rule_title, rule_title_zh)}
                </Link>
                <StatusTag status={status} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function Incidents({ value, range }: Props) {
  const { t } = useTranslation();
  const titleOf = useIncidentTitle();
  const query = useIncidentsAbout(range, value, true);
  return (
    <Panel title={t('entity.incidents')}>
      <Loaded
        query={query}
        rows={4}
        isEmpty={({ items }) => items.length === 0}
        empty={<p className="muted">{t('entity.noIncidents')}</p>}
      >
        {({ items }) => (
          <ul className="entity-rows" data-testid="entity-incidents">
            {items.map(({ id, number, title, title_en, severity, last, alerts }) => (
              <li key={id}>
                <LevelTag level={severity} />
                <Time value={last} />
                <Link className="grow ellipsis" to={incidentPath(id)}>
                  {number} {titleOf({ title, title_en })}
                </Link>
                <span className="muted number">{t('entity.alertCount', { count: alerts })}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

export function Concerns(props: Props) {
  const mayIncidents = useMay('incident.read');
  const mayAlerts = useMay('alert.read');
  return (
    <>
      {mayIncidents && <Incidents {...props} />}
      {mayAlerts && <Alerts {...props} />}
    </>
  );
}
