// SPDX-License-Identifier: Apache-2.0
import { Button, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Alert } from '../../api/types';
import { useRuleTitle } from '../../components/rule-title';
import { useTacticName } from '../../components/tactic';
import { DrillTag, LevelTag, StatusTag } from '../../components/tags';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { localTime } from '../../lib/time';

interface Props {
  alerts: readonly Alert[];
  loading: boolean;
  selected?: string;
  onOpen: (id: string) => void;
  onMore?: () => void;
  loadingMore: boolean;
}

function Path({ source_ip, destination_ip }: Alert) {
  if (!source_ip && !destination_ip) return null;
  return (
    <span className="mono">
      {source_ip ?? '?'}
      {destination_ip && ` → ${destination_ip}`}
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

function useColumns(): TableColumnsType<Alert> {
  const { t } = useTranslation();
  const tacticName = useTacticName();
  const titleOf = useRuleTitle();
  return [
    {
      key: 'level',
      title: t('alerts.level'),
      width: 88,
      render: (_, { level }) => <LevelTag level={level} />,
    },
    { key: 'time', title: t('common.time'), width: 158, render: (_, { time }) => <Time value={time} /> },
    {
      key: 'title',
      title: t('alerts.rule'),
      ellipsis: true,
      render: (_, { rule_title, rule_title_zh, drill }) => (
        <>
          {drill && <DrillTag />}
          <span className="alert-title">{titleOf(rule_title, rule_title_zh)}</span>
        </>
      ),
    },
    {
      key: 'repeats',
      title: t('alerts.repeats'),
      width: 124,
      render: (_, alert) => <Repeated {...alert} />,
    },
    { key: 'host', title: t('alerts.host'), width: 120, ellipsis: true, dataIndex: 'host' },
    { key: 'user', title: t('alerts.user'), width: 100, ellipsis: true, dataIndex: 'user' },
    {
      key: 'path',
      title: t('alerts.path'),
      width: 224,
      ellipsis: true,
      render: (_, alert) => <Path {...alert} />,
    },
    {
      key: 'tactic',
      title: t('alerts.tactic'),
      width: 150,
      ellipsis: true,
      render: (_, { tactics }) => tactics.map(tacticName).join(t('common.comma')),
    },
    {
      key: 'status',
      title: t('alerts.status'),
      width: 112,
      render: (_, { status }) => <StatusTag status={status} />,
    },
  ];
}

export function AlertTable({ alerts, loading, selected, onOpen, onMore, loadingMore }: Props) {
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  return (
    <div className="table-box" data-testid="alerts">
      <Table<Alert>
        size="small"
        rowKey="id"
        columns={useColumns()}
        dataSource={alerts}
        loading={loading}
        pagination={false}
        tableLayout="fixed"
        sticky={{ offsetHeader: 0 }}
        locale={{ emptyText: t('alerts.none') }}
        rowClassName={({ id }) => (id === selected ? 'row row-selected' : 'row')}
        onRow={({ id, rule_title, rule_title_zh }) => ({
          onClick: () => onOpen(id),
          onKeyDown: ({ key }) => key === 'Enter' && onOpen(id),
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
    </div>
  );
}
