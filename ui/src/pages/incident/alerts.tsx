// SPDX-License-Identifier: Apache-2.0
// Its alerts and why each is in it; those that do not belong are chosen and split off.
import { Button, Table, type TableColumnsType, Tag } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type IncidentDetail,
  OPEN_INCIDENT,
  useIncidentAlerts,
  useIncidentSubjects,
} from '../../api/incidents-queries';
import { useMay } from '../../api/queries';
import type { Alert } from '../../api/types';
import { ErrorNotice } from '../../components/error-notice';
import { useRuleTitle } from '../../components/rule-title';
import { LevelTag, StatusTag } from '../../components/tags';
import { Time } from '../../components/time';
import { keyOf } from '../../lib/incident-graph';
import { text, useUrlState } from '../../lib/url-state';
import { SplitForm } from './move-forms';
import { AlertLink, EntityLink } from './refs';

/** about: "host:web-01", as in the graph. */
const STATE = { rule: text(), about: text() };
const PAGE = 50;
const MOST = 2000;

function useColumns(): TableColumnsType<Alert> {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  const entity = (kind: 'host' | 'user' | 'address', value?: string) => value && <EntityLink kind={kind} value={value} />;
  return [
    { key: 'level', title: t('alerts.level'), width: 80, render: (_, { level }) => <LevelTag level={level} /> },
    { key: 'time', title: t('common.time'), width: 158, render: (_, { time }) => <Time value={time} /> },
    {
      key: 'rule',
      title: t('alerts.rule'),
      render: (_, { id, rule_title, rule_title_zh }) => (
        <AlertLink id={id}>{titleOf(rule_title, rule_title_zh)}</AlertLink>
      ),
    },
    {
      key: 'what',
      title: t('incident.indicators'),
      width: 240,
      render: (_, { host, user, source_ip, destination_ip }) => (
        <div className="alert-what">
          {entity('host', host)}
          {entity('user', user)}
          <span>
            {entity('address', source_ip)}
            {destination_ip && ' → '}
            {entity('address', destination_ip)}
          </span>
        </div>
      ),
    },
    {
      key: 'why',
      title: t('incident.whyHere'),
      width: 290,
      render: (_, { incident_reason, incident_reason_zh, incident_score }) => (
        <span className="muted" title={incident_score ? t('incident.scoreIs', { value: incident_score }) : undefined}>
          {i18n.language === 'zh-CN' ? incident_reason_zh : incident_reason}
        </span>
      ),
    },
    { key: 'status', title: t('alerts.status'), width: 90, render: (_, { status }) => <StatusTag status={status} /> },
  ];
}

/** All alerts as far as people look at them one by one, fetched page after page. */
function useAll(id: number) {
  const query = useIncidentAlerts(id);
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const alerts = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && alerts.length < MOST) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, alerts.length]);
  return { ...query, alerts };
}

/** The ids of the alerts about something; undefined where nothing is asked. */
function useAbout(id: number, about: string): ReadonlySet<string> | undefined {
  const { data } = useIncidentSubjects(id);
  return useMemo(() => {
    if (!about) return undefined;
    const found = data?.items.filter(({ parts }) => parts.some(({ kind, value }) => keyOf(kind, value) === about));
    return new Set(found?.map((each) => each.id));
  }, [data, about]);
}

export function Alerts({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  const [{ rule, about }, change] = useUrlState(STATE);
  const { alerts, error, refetch, isPending, isFetchingNextPage } = useAll(incident.id);
  const ids = useAbout(incident.id, about);
  const [chosen, setChosen] = useState<string[]>([]);
  const [splitting, setSplitting] = useState(false);
  const may = useMay('incident.change') && OPEN_INCIDENT.includes(incident.status);
  const shown = alerts.filter((alert) => (!rule || alert.rule_id === rule) && (!ids || ids.has(alert.id)));
  const named = incident.rules.find(({ id }) => id === rule);
  const all = chosen.length >= incident.alerts;
  return (
    <section data-testid="incident-alerts">
      <div className="filters">
        {rule && (
          <Tag closable onClose={() => change({ rule: '' })}>
            {t('alerts.rule')}: {named ? titleOf(named.title, named.title_zh) : rule}
          </Tag>
        )}
        {about && (
          <Tag closable onClose={() => change({ about: '' })}>
            {t('incident.about')}: <span className="mono">{about.slice(about.indexOf(':') + 1)}</span>
          </Tag>
        )}
        <span className="muted number">{t('incident.alertsOf', { value: shown.length })}</span>
        {alerts.length >= MOST && alerts.length < incident.alerts && (
          <span className="muted">{t('incident.onlyFirst', { value: MOST })}</span>
        )}
        <span className="grow" />
        {may && shown.length > 1 && (
          <Button size="small" type="link" onClick={() => setChosen(chosen.length > 0 ? [] : shown.map(({ id }) => id))}>
            {t(chosen.length > 0 ? 'incidents.chooseNone' : 'incidents.chooseAll')}
          </Button>
        )}
        {may && chosen.length > 0 && (
          <>
            {all && <span className="muted">{t('incident.splitAll')}</span>}
            <Button type="primary" size="small" disabled={all} onClick={() => setSplitting(true)} data-testid="split">
              {t('incident.splitTitle', { value: chosen.length })}
            </Button>
          </>
        )}
      </div>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <div className="table-box">
        <Table<Alert>
          size="small"
          rowKey="id"
          columns={useColumns()}
          dataSource={shown}
          loading={isPending || isFetchingNextPage}
          tableLayout="fixed"
          scroll={{ x: 960 }}
          pagination={shown.length > PAGE ? { pageSize: PAGE, showSizeChanger: false, size: 'small' } : false}
          rowSelection={
            may
              ? {
                  selectedRowKeys: chosen,
                  onChange: (keys) => setChosen(keys.map(String)),
                  columnWidth: 36,
                  getCheckboxProps: ({ rule_title }) => ({ 'aria-label': rule_title }),
                  hideSelectAll: true,
                }
              : undefined
          }
        />
      </div>
      <SplitForm incident={incident} alerts={chosen} open={splitting} onClose={() => setSplitting(false)} />
    </section>
  );
}
