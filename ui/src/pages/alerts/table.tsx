// SPDX-License-Identifier: Apache-2.0
import { Button, Grid, Table, type TableColumnsType } from 'antd';
import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Alert } from '../../api/types';
import { useRuleTitle } from '../../components/rule-title';
import { useTacticName } from '../../components/tactic';
import { DrillTag, LevelTag, StatusTag } from '../../components/tags';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { assetPath, incidentPath, unitPath } from '../../lib/links';
import { localTime } from '../../lib/time';
import { useNarrowScroll } from '../../lib/use-narrow-scroll';
import type { Chosen } from './use-chosen';

interface Props {
  alerts: readonly Alert[];
  loading: boolean;
  /** The rows are of the filters before: shown until others come, not to be worked on. */
  stale: boolean;
  selected?: string;
  /** Absent for those who may not work on alerts. */
  chosen?: Chosen;
  empty: ReactNode;
  onOpen: (id: string) => void;
  onMore?: () => void;
  loadingMore: boolean;
  /** There are more, but so many rows are enough. */
  isFull: boolean;
}

/** A link within a row does what it says and does not open the row. */
const alone = (event: MouseEvent) => event.stopPropagation();

function Path({ source_ip, destination_ip }: Alert) {
  if (!source_ip && !destination_ip) return null;
  const text = [source_ip ?? '?', destination_ip].filter(Boolean).join(' → ');
  return (
    <span className="mono" title={text}>
      {text}
    </span>
  );
}

/** The last repeat as far as it differs from the alert's own day; whole on hover. */
function shortTime(last: string, time: string): string {
  const text = localTime(last);
  return text.slice(0, 10) === localTime(time).slice(0, 10) ? text.slice(11, 16) : text.slice(5, 16);
}

/** How often it repeated, and when last. */
function Repeated({ repeats, last, time }: Alert) {
  const { t, i18n } = useTranslation();
  if (!repeats) return null;
  const title = last && t('alerts.lastRepeat', { time: localTime(last) });
  return (
    <span className="number repeated" title={title}>
      <b>+{formatCount(repeats, i18n.language)}</b> {last && shortTime(last, time)}
    </span>
  );
}

function Whose({ case: facts }: Alert) {
  if (!facts) return null;
  return (
    <>
      {facts.asset !== undefined && (
        <Link to={assetPath(facts.asset)} onClick={alone}>
          {facts.asset_name}
        </Link>
      )}
      {facts.asset !== undefined && facts.unit !== undefined && ' · '}
      {facts.unit !== undefined && (
        <Link to={unitPath(facts.unit)} onClick={alone}>
          {facts.unit_name}
        </Link>
      )}
    </>
  );
}

function useColumns(): TableColumnsType<Alert> {
  const { t } = useTranslation();
  const tacticName = useTacticName();
  const titleOf = useRuleTitle();
  const { xxl } = Grid.useBreakpoint();
  return [
    {
      key: 'level',
      title: t('alerts.level'),
      width: 74,
      render: (_, { level }) => <LevelTag level={level} />,
    },
    { key: 'time', title: t('common.time'), width: 166, className: 'one-line', render: (_, { time }) => <Time value={time} /> },
    {
      key: 'title',
      title: t('alerts.rule'),
      ellipsis: true,
      render: (_, { rule_title, rule_title_zh, drill }) => (
        <>
          {drill && <DrillTag />}
          <span className="alert-title" title={titleOf(rule_title, rule_title_zh)}>
            {titleOf(rule_title, rule_title_zh)}
          </span>
        </>
      ),
    },
    { key: 'repeats', title: t('alerts.repeats'), width: 94, render: (_, alert) => <Repeated {...alert} /> },
    {
      key: 'subject',
      title: t('alerts.subject'),
      width: xxl ? 190 : 130,
      ellipsis: true,
      render: (_, { host, user }) => [host, user].filter(Boolean).join(' · '),
    },
    { key: 'path', title: t('alerts.path'), width: xxl ? 240 : 190, ellipsis: true, render: (_, alert) => <Path {...alert} /> },
    {
      key: 'whose',
      title: t('alerts.whose'),
      width: 210,
      ellipsis: true,
      responsive: ['xxl'],
      render: (_, alert) => <Whose {...alert} />,
    },
    {
      key: 'tactic',
      title: t('alerts.tactic'),
      width: 140,
      ellipsis: true,
      responsive: ['xxl'],
      render: (_, { tactics }) => tactics.map(tacticName).join(t('common.comma')),
    },
    {
      key: 'incident',
      title: t('alerts.incident'),
      width: 92,
      render: (_, { incident, case: facts }) =>
        incident !== undefined && (
          <Link className="number" to={incidentPath(incident)} onClick={alone}>
            {facts?.number ?? incident}
          </Link>
        ),
    },
    {
      key: 'assignee',
      title: t('alerts.assignee'),
      width: 92,
      ellipsis: true,
      responsive: ['xxl'],
      render: (_, alert) => alert.case?.assignee,
    },
    {
      key: 'status',
      title: t('alerts.status'),
      width: 80,
      render: (_, { status }) => <StatusTag status={status} />,
    },
  ];
}

function useChoice(chosen: Chosen | undefined) {
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  if (!chosen) return undefined;
  return {
    selectedRowKeys: [...chosen.ids],
    preserveSelectedRowKeys: true,
    columnWidth: 34,
    onChange: (keys: readonly unknown[]) => chosen.set(keys.map(String)),
    // By X and x: a table draws its head twice, the second time for nobody to reach.
    getTitleCheckboxProps: () => ({ 'aria-label': t('bulk.choosePage'), tabIndex: -1 }),
    getCheckboxProps: ({ rule_title, rule_title_zh }: Alert) => ({
      'aria-label': t('bulk.choose', { title: titleOf(rule_title, rule_title_zh) }),
      tabIndex: -1,
    }),
  };
}

export function AlertTable(props: Props) {
  const { alerts, loading, stale, selected, chosen, empty, onOpen, onMore, loadingMore, isFull } = props;
  const scroll = useNarrowScroll(1160);
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  return (
    <div className="table-box" aria-busy={stale} data-testid="alerts">
      <Table<Alert>
        scroll={scroll}
        size="small"
        rowKey="id"
        columns={useColumns()}
        rowSelection={useChoice(chosen)}
        dataSource={alerts}
        loading={loading}
        pagination={false}
        tableLayout="fixed"
        sticky={{ offsetHeader: 0 }}
        locale={{ emptyText: loading ? ' ' : empty }}
        rowClassName={({ id }) => (id === selected ? 'row row-selected' : 'row')}
        onRow={({ id, rule_title, rule_title_zh }) => ({
          onClick: () => onOpen(id),
          onKeyDown: ({ key, target, currentTarget }) => key === 'Enter' && target === currentTarget && onOpen(id),
          tabIndex: 0,
          'aria-label': titleOf(rule_title, rule_title_zh),
          'aria-current': id === selected,
        })}
      />
      {onMore && (
        <Button block type="text" onClick={onMore} loading={loadingMore}>
          {t('common.more')}
        </Button>
      )}
      {isFull && <p className="muted table-full">{t('alerts.full')}</p>}
    </div>
  );
}
