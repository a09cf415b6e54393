// SPDX-License-Identifier: Apache-2.0
import { Table, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { RectificationRow } from '../api/rectifications-queries';
import { incidentPath, rectificationPath, unitPath } from '../lib/links';
import { Countdown } from './countdown';
import { RectificationTag } from './incident-tags';
import { Time } from './time';

/** With the unit until it reported, then with the centre; after that nobody waits. */
const RUNS = ['sent', 'confirmed', 'returned'];

function Deadline({ row }: { row: RectificationRow }) {
  const { t } = useTranslation();
  const asked = row.extension.state === 'asked';
  return (
    <>
      {RUNS.includes(row.state) ? <Countdown due={row.deadline} /> : <Time value={row.deadline} />}
      {asked && <div className="cell-second countdown-soon">{t('rectification.asksMore')}</div>}
    </>
  );
}

export function RectificationTable({
  rows,
  loading,
  empty,
  withIncident = true,
}: {
  rows: readonly RectificationRow[];
  loading: boolean;
  empty: ReactNode;
  withIncident?: boolean;
}) {
  const { t } = useTranslation();
  const columns: TableColumnsType<RectificationRow> = [
    {
      key: 'number',
      title: t('rectification.number'),
      width: 190,
      render: (_, { id, number }) => (
        <Link to={rectificationPath(id)} data-testid={`notice-${id}`}>
          {number || t('rectification.state.draft')}
        </Link>
      ),
    },
    { key: 'title', title: t('incidents.name'), ellipsis: true, dataIndex: 'title' },
    {
      key: 'unit',
      title: t('incidents.unit'),
      width: 170,
      render: (_, { unit }) => <Link to={unitPath(unit.id)}>{unit.name}</Link>,
    },
    ...(withIncident
      ? [
          {
            key: 'incident',
            title: t('rectification.incident'),
            width: 104,
            render: (_: unknown, { incident }: RectificationRow) => (
              <Link className="mono" to={incidentPath(incident.id)}>
                {incident.number}
              </Link>
            ),
          },
        ]
      : []),
    {
      key: 'state',
      title: t('incidents.status'),
      width: 120,
      render: (_, { state }) => <RectificationTag state={state} />,
    },
    { key: 'deadline', title: t('rectification.deadline'), width: 170, render: (_, row) => <Deadline row={row} /> },
    {
      key: 'sent',
      title: t('rectification.sent'),
      width: 158,
      render: (_, { sent }) => (sent ? <Time value={sent} /> : <span className="muted">—</span>),
    },
  ];
  return (
    <div className="table-box" data-testid="rectifications">
      <Table<RectificationRow>
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={rows}
        loading={loading}
        pagination={false}
        tableLayout="fixed"
        scroll={{ x: 1000 }}
        locale={{ emptyText: empty }}
        rowClassName="row-plain"
      />
    </div>
  );
}
