// SPDX-License-Identifier: Apache-2.0
import { Button, Skeleton, Table, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useEvent } from '../../api/queries';
import { ROLES, type TrailEntry } from '../../api/types';
import { CopyButton } from '../../components/copy-button';
import { ErrorNotice } from '../../components/error-notice';
import { Time } from '../../components/time';
import { valueText } from '../../lib/format';
import { localTime } from '../../lib/time';
import { isTrailOutcome } from '../../lib/trail';
import type { TrailState } from '../../lib/url-state';
import { useNarrowScroll } from '../../lib/use-narrow-scroll';
import { useTrailNames } from './names';

/** Characters that the filter takes. */
const FILTER_MAX = 200;

interface Props {
  entries: readonly TrailEntry[];
  loading: boolean;
  onMore?: () => void;
  loadingMore: boolean;
  onFilter: (part: Partial<TrailState>) => void;
}

/** Who did what to what, from where, and how it came out. */
function Sentence({ entry }: { entry: TrailEntry }) {
  const { t } = useTranslation();
  const names = useTrailNames();
  const words = {
    user: entry.user || t('trail.nobody'),
    time: localTime(entry.time),
    via: names.via(entry.via),
    address: entry.address ? t('trail.fromAddress', { address: entry.address }) : '',
    action: names.action(entry.action),
    object: entry.object ?? '',
    outcome: names.outcome(entry.outcome),
  };
  return (
    <p className="trail-sentence" data-testid="sentence">
      {t('trail.sentence', words)}
    </p>
  );
}

function Details({ detail }: Pick<TrailEntry, 'detail'>) {
  const members = Object.entries(detail);
  if (members.length === 0) return null;
  return (
    <dl className="pairs pairs-mono">
      {members.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{valueText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

interface OnlyProps {
  value: string;
  part: Partial<TrailState>;
  onFilter: Props['onFilter'];
  children: ReactNode;
}

/** Narrows the list to what stands here. */
function Only({ value, part, onFilter, children }: OnlyProps) {
  const { t } = useTranslation();
  if (!value) return <>–</>;
  return (
    <button
      type="button"
      className="value"
      title={t('trail.only', { value })}
      onClick={(event) => {
        event.stopPropagation(); // the row around it opens on a click, too
        onFilter(part);
      }}
    >
      {children}
    </button>
  );
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

function RoleName({ role }: Pick<TrailEntry, 'role'>) {
  const { t } = useTranslation();
  const known = ROLES.find((name) => name === role);
  return role ? <span className="muted"> {known ? t(`role.${known}`) : role}</span> : null;
}

function useColumns(onFilter: Props['onFilter']): TableColumnsType<TrailEntry> {
  const { t } = useTranslation();
  const names = useTrailNames();
  return [
    { key: 'time', title: t('common.time'), width: 160, render: (_, { time }) => <Time value={time} /> },
    {
      key: 'user',
      title: t('trail.user'),
      width: 190,
      ellipsis: true,
      render: (_, { user, role }) => (
        <>
          <Only value={user} part={{ user }} onFilter={onFilter}>
            {user}
          </Only>
          <RoleName role={role} />
        </>
      ),
    },
    {
      key: 'action',
      title: t('trail.actionLabel'),
      width: 150,
      ellipsis: true,
      render: (_, { action }) => (
        <Only value={names.action(action)} part={{ action }} onFilter={onFilter}>
          {names.action(action)}
        </Only>
      ),
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
      render: (_, { object = '' }) =>
        object && (
          <Only value={object} part={{ q: object.slice(0, FILTER_MAX) }} onFilter={onFilter}>
            <span className="mono">{object}</span>
          </Only>
        ),
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

export function TrailTable({ entries, loading, onMore, loadingMore, onFilter }: Props) {
  const scroll = useNarrowScroll(980);
  const { t } = useTranslation();
  return (
    <div className="table-box" data-testid="trail">
      <Table<TrailEntry>
        scroll={scroll}
        size="small"
        rowKey="seq"
        columns={useColumns(onFilter)}
        dataSource={entries}
        loading={loading}
        pagination={false}
        tableLayout="fixed"
        sticky={{ offsetHeader: 0 }}
        locale={{ emptyText: t('trail.none') }}
        expandable={{
          expandRowByClick: true,
          expandedRowRender: (entry) => (
            <>
              <Sentence entry={entry} />
              <Details detail={entry.detail} />
              <Record seq={entry.seq} />
            </>
          ),
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
