// SPDX-License-Identifier: Apache-2.0
import { Button, Table, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Incident } from '../../api/incidents-queries';
import { Age, Countdown } from '../../components/countdown';
import { GradeTag, IncidentStatusTag } from '../../components/incident-tags';
import { useIncidentTitle } from '../../components/rule-title';
import { DrillTag } from '../../components/tags';
import { formatCount } from '../../lib/format';
import { tabPath } from '../../lib/incident-state';
import { assetPath, incidentPath, unitPath } from '../../lib/links';
import { localTime } from '../../lib/time';

interface Props {
  incidents: readonly Incident[];
  loading: boolean;
  marked?: number;
  /** The ones chosen for bulk actions; undefined where the account may not change incidents. */
  chosen?: number[];
  onChoose: (ids: number[]) => void;
  onOpen: (id: number) => void;
  onMore?: () => void;
  loadingMore: boolean;
  empty: ReactNode;
}

/** To the minute and without the year, for a narrow column; whole on hover. */
function Moment({ value }: { value: string }) {
  return (
    <time className="number" dateTime={value} title={localTime(value)}>
      {localTime(value).slice(5, 16)}
    </time>
  );
}

/** A link in a row that opens something else than the row. */
function Inner({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} onClick={(event) => event.stopPropagation()}>
      {children}
    </Link>
  );
}

const DEADLINE_TABS = { task: 'tasks', report: 'reports', rectification: 'notices' } as const;

function Deadline({ id, deadline }: Incident) {
  const { t } = useTranslation();
  if (!deadline) return <span className="muted">—</span>;
  return (
    <Inner to={tabPath(id, DEADLINE_TABS[deadline.kind])}>
      <Countdown due={deadline.due} label={t(`incidents.due.${deadline.kind}`)} />
    </Inner>
  );
}

function Where({ asset, asset_name, unit, unit_name, responsible }: Incident) {
  return (
    <>
      {asset_name && (asset ? <Inner to={assetPath(asset)}>{asset_name}</Inner> : asset_name)}
      <div className="muted cell-second">
        {unit_name && (unit ? <Inner to={unitPath(unit)}>{unit_name}</Inner> : unit_name)}
        {responsible && ` ${responsible}`}
      </div>
    </>
  );
}

function useColumns(): TableColumnsType<Incident> {
  const titleOf = useIncidentTitle();
  const { t, i18n } = useTranslation();
  return [
    {
      key: 'number',
      title: t('incidents.number'),
      width: 100,
      render: (_, { id, number, created }) => (
        <>
          <Link className="mono" to={incidentPath(id)} data-testid={`incident-${id}`}>
            {number}
          </Link>
          <div className="muted cell-second" title={t('incidents.age')}>
            <Age since={created} />
          </div>
        </>
      ),
    },
    {
      key: 'level',
      title: t('incidents.level'),
      width: 112,
      render: (_, incident) => <GradeTag {...incident} />,
    },
    {
      key: 'title',
      title: t('incidents.name'),
      ellipsis: true,
      render: (_, { title, title_en, drill }) => (
        <span title={titleOf({ title, title_en })}>
          {drill && <DrillTag />}
          <span className="alert-title">{titleOf({ title, title_en })}</span>
        </span>
      ),
    },
    {
      key: 'where',
      title: t('incidents.where'),
      width: 184,
      ellipsis: true,
      render: (_, incident) => <Where {...incident} />,
    },
    {
      key: 'alerts',
      title: t('incidents.alerts'),
      width: 70,
      align: 'right',
      render: (_, { id, alerts }) => (
        <Inner to={tabPath(id, 'alerts')}>
          <span className="number">{formatCount(alerts, i18n.language)}</span>
        </Inner>
      ),
    },
    {
      key: 'last',
      title: t('incidents.seen'),
      width: 126,
      render: (_, { first, last }) => (
        <>
          <Moment value={last} />
          <div className="muted cell-second">
            {t('incidents.since')} <Moment value={first} />
          </div>
        </>
      ),
    },
    {
      key: 'deadline',
      title: t('incidents.deadline'),
      width: 160,
      render: (_, incident) => <Deadline {...incident} />,
    },
    {
      key: 'status',
      title: t('incidents.statusAndWho'),
      width: 112,
      ellipsis: true,
      render: (_, { status, assignee }) => (
        <>
          <IncidentStatusTag status={status} />
          <div className="muted cell-second">{assignee ?? t('incidents.nobody')}</div>
        </>
      ),
    },
  ];
}

export function IncidentTable(props: Props) {
  const titleOf = useIncidentTitle();
  const { incidents, loading, marked, chosen, onChoose, onOpen, onMore, loadingMore, empty } = props;
  const { t } = useTranslation();
  return (
    <div className="table-box" data-testid="incidents">
      <Table<Incident>
        size="small"
        rowKey="id"
        columns={useColumns()}
        dataSource={incidents}
        loading={loading}
        pagination={false}
        tableLayout="fixed"
        scroll={{ x: 1000 }}
        sticky
        locale={{ emptyText: empty }}
        rowSelection={
          chosen && {
            selectedRowKeys: chosen,
            onChange: (keys) => onChoose(keys.map(Number)),
            columnWidth: 36,
            getCheckboxProps: ({ number }) => ({ 'aria-label': t('incidents.choose', { number }) }),
            // The table repeats its head where nobody sees it; a box to tick must not be in there.
            hideSelectAll: true,
          }
        }
        rowClassName={({ id }) => (id === marked ? 'row row-selected' : 'row')}
        onRow={({ id, number, title, title_en }) => ({
          onClick: () => onOpen(id),
          onKeyDown: ({ key, target, currentTarget }) => key === 'Enter' && target === currentTarget && onOpen(id),
          tabIndex: 0,
          'aria-label': `${number} ${titleOf({ title, title_en })}`,
          'aria-current': id === marked,
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
