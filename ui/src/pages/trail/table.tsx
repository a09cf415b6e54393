// SPDX-License-Identifier: Apache-2.0
import { Button, Skeleton, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { useEvent } from '../../api/queries';
import type { TrailEntry } from '../../api/types';
import { CopyButton } from '../../components/copy-button';
import { ErrorNotice } from '../../components/error-notice';
import { Time } from '../../components/time';
import { isTrailOutcome } from '../../lib/trail';
import { useTrailNames } from './names';

interface Props {
  entries: readonly TrailEntry[];
  loading: boolean;
  onMore?: () => void;
  loadingMore: boolean;
}

/** The record as it lies in the journal, by its number: what counts as evidence. */
function Record({ seq }: { seq: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useEvent(seq);
  if (error) return <ErrorNotice error={error} onRetry={refetch} />;
  if (!data) return <Skeleton active paragraph={{ rows: 2 }} />;
  if (data.raw === undefined) return <p className="muted">{t('event.rawMissing')}</p>;
  return (
    <div className="event-view">
      <section>
        <div className="section-head">
          <h3>{t('trail.record', { seq })}</h3>
          <CopyButton text={data.raw} />
        </div>
        <pre className="raw" data-testid="raw">
          {data.raw}
        </pre>
      </section>
    </div>
  );
}

function Outcome({ outcome }: { outcome: string }) {
  const names = useTrailNames();
  const kind = isTrailOutcome(outcome) ? outcome : 'unknown';
  return <span className={`outcome outcome-${kind}`}>{names.outcome(outcome)}</span>;
}

function Person({ user, role }: TrailEntry) {
  return (
    <>
      {user || '–'}
      {role && <span className="muted"> {role}</span>}
    </>
  );
}

function useColumns(): TableColumnsType<TrailEntry> {
  const { t } = useTranslation();
  const names = useTrailNames();
  return [
    { key: 'time', title: t('common.time'), width: 160, render: (_, { time }) => <Time value={time} /> },
    {
      key: 'user',
      title: t('trail.user'),
      width: 190,
      ellipsis: true,
      render: (_, entry) => <Person {...entry} />,
    },
    {
      key: 'action',
      title: t('trail.actionLabel'),
      width: 150,
      ellipsis: true,
      render: (_, { action }) => names.action(action),
    },
    {
      key: 'outcome',
      title: t('trail.outcomeLabel'),
      width: 90,
      render: (_, { outcome }) => <Outcome outcome={outcome} />,
    },
    {
      key: 'object',
      title: t('trail.object'),
      ellipsis: true,
      render: (_, { object }) => <span className="mono">{object}</span>,
    },
    {
      key: 'from',
      title: t('trail.from'),
      width: 200,
      ellipsis: true,
      render: (_, { address, via }) => (
        <>
          {names.via(via)} <span className="mono">{address}</span>
        </>
      ),
    },
    {
      key: 'seq',
      title: t('trail.seq'),
      width: 110,
      render: (_, { seq }) => <span className="number">{seq}</span>,
    },
  ];
}

export function TrailTable({ entries, loading, onMore, loadingMore }: Props) {
  const { t } = useTranslation();
  return (
    <div className="table-box" data-testid="trail">
      <Table<TrailEntry>
        size="small"
        rowKey="seq"
        columns={useColumns()}
        dataSource={entries}
        loading={loading}
        pagination={false}
        tableLayout="fixed"
        sticky={{ offsetHeader: 0 }}
        locale={{ emptyText: t('trail.none') }}
        expandable={{
          expandRowByClick: true,
          expandedRowRender: ({ seq }) => <Record seq={seq} />,
        }}
      />
      {onMore && (
        <Button block type="text" onClick={onMore} loading={loadingMore}>
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}
