// SPDX-License-Identifier: Apache-2.0
// Every source in a line; in groups where one asks for them.
import { Table, type TableColumnsType } from 'antd';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Source } from '../../api/sources-queries';
import { formatBytes, formatCount, formatRate } from '../../lib/format';
import { assetPath, sourcePath, unitPath } from '../../lib/links';
import { byUrgency, type Grouping, groupSources, isGeneric, isPoorlyParsed, nameOf, queryOf, unparsedShare } from '../../lib/sources';
import { eventsPath } from '../../lib/url-state';
import { useDuration } from './duration';
import { Sparkline } from './sparkline';
import { StateTag } from './state-tag';

const RATE_LEAST = 0.05;
const LATE_SECONDS = 5;

interface Group {
  id: string;
  group: string;
  children: Source[];
}
type Row = Source | Group;
const isGroup = (row: Row): row is Group => 'group' in row;

/** Row of a group: its name over all columns. */
const whole = (row: Row) => (isGroup(row) ? { colSpan: 0 } : {});

function Name({ source }: { source: Source }) {
  const { t } = useTranslation();
  const { asset, peer, kind } = source;
  const name = kind === 'other' ? t('sources.others') : nameOf(source);
  return (
    <div className="source-name">
      <Link to={sourcePath(source.id)} className={asset || source.name ? '' : 'mono'}>
        {name}
      </Link>
      {peer && peer !== name && <span className="mono muted">{peer}</span>}
    </div>
  );
}

function Parsed({ source }: { source: Source }) {
  const { i18n } = useTranslation();
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  if (source.received === 0) return <span className="muted">–</span>;
  const share = 1 - unparsedShare(source);
  const text = percent.format(share);
  return (
    <Link
      to={`${sourcePath(source.id)}?lines=failed`}
      className={isPoorlyParsed(source) ? 'number source-poor' : 'number'}
    >
      {text}
    </Link>
  );
}

function Delay({ source }: { source: Source }) {
  const { t } = useTranslation();
  const { lasting } = useDuration();
  const { correction, delay_seconds, clock_error_seconds } = source;
  if (correction)
    return (
      <span
        className="source-clock"
        title={t('sources.clockHint', { since: correction.since, time: lasting(correction.added_seconds) })}
      >
        {t('sources.clock', { time: lasting(correction.added_seconds) })}
      </span>
    );
  if (clock_error_seconds !== 0)
    return (
      <span className="source-clock">
        {t(clock_error_seconds > 0 ? 'sources.clockAhead' : 'sources.clockBehind', {
          time: lasting(clock_error_seconds),
        })}
      </span>
    );
  return delay_seconds < LATE_SECONDS ? <span className="muted">–</span> : lasting(delay_seconds);
}

function Last({ source }: { source: Source }) {
  const { t } = useTranslation();
  const { ago, lasting, since } = useDuration();
  const { silent_since, last, state } = source;
  return (
    <span title={last}>
      {silent_since ? (
        <b className={state === 'silent' ? 'source-silent-text' : ''}>{t('sources.silentFor', { time: lasting(since(silent_since)) })}</b>
      ) : (
        ago(last)
      )}
    </span>
  );
}

function Received({ source }: { source: Source }) {
  const { i18n } = useTranslation();
  const text = formatCount(source.received, i18n.language);
  const q = queryOf(source);
  return q ? (
    <Link className="number" to={eventsPath({ q, from: '-24h' })}>
      {text}
    </Link>
  ) : (
    <span className="number">{text}</span>
  );
}

/** Lines a second since the span began, or since it was first heard. */
const rateOf = ({ received, first }: Source, from: string) =>
  (1000 * received) / Math.max(1000, Date.now() - Math.max(Date.parse(from), Date.parse(first)));

const rateText = (rate: number, language: string) =>
  rate > 0 && rate < RATE_LEAST ? '<0.1' : formatRate(rate, language);

function useColumns(from: string, t: TFunction, language: string): TableColumnsType<Row> {
  return useMemo(() => {
    const only = (render: (source: Source) => React.ReactNode) => (_: unknown, row: Row) =>
      isGroup(row) ? null : render(row);
    const head = (_: unknown, row: Row) =>
      isGroup(row) ? (
        <b>
          {row.group} <span className="muted number">{row.children.length}</span>
        </b>
      ) : (
        <StateTag state={row.state} acknowledged={row.acknowledged} />
      );
    return [
      {
        key: 'state',
        title: t('sources.column.state'),
        width: 92,
        render: head,
        onCell: (row) => (isGroup(row) ? { colSpan: 10 } : {}),
      },
      { key: 'name', title: t('sources.column.name'), onCell: whole, render: only((source) => <Name source={source} />) },
      {
        key: 'format',
        title: t('sources.column.format'),
        width: 136,
        ellipsis: true,
        onCell: whole,
        render: only(({ source, listener }) => (
          <>
            <div className={source ? 'mono' : 'source-poor'}>{source ?? t('sources.noFormat')}</div>
            <div className={isGeneric(source) ? 'source-poor' : 'muted'}>
              {isGeneric(source) ? t('sources.generic') : listener}
            </div>
          </>
        )),
      },
      {
        key: 'unit',
        title: t('sources.column.unit'),
        width: 110,
        ellipsis: true,
        onCell: whole,
        render: only(({ asset, peer }) =>
          asset?.unit !== undefined ? (
            <Link to={unitPath(asset.unit)}>{asset.unit_name}</Link>
          ) : asset ? (
            <Link to={assetPath(asset.id)}>{t('sources.noUnit')}</Link>
          ) : (
            <span className="muted">{peer ? t('sources.unregistered') : '–'}</span>
          ),
        ),
      },
      {
        key: 'day',
        title: t('sources.column.day'),
        width: 164,
        onCell: whole,
        render: only((source) => (
          <div className="source-day">
            <Sparkline
              counts={source.hours}
              label={t('sources.sparkLabel', { max: formatCount(Math.max(0, ...source.hours), language) })}
            />
            <Received source={source} />
          </div>
        )),
      },
      {
        key: 'rate',
        title: t('sources.column.rate'),
        width: 66,
        align: 'right',
        onCell: whole,
        render: only((source) => (
          <span className="number">{rateText(rateOf(source, from), language)}</span>
        )),
      },
      {
        key: 'bytes',
        title: t('sources.column.bytes'),
        width: 84,
        align: 'right',
        onCell: whole,
        render: only(({ bytes }) => <span className="number">{formatBytes(bytes, language)}</span>),
      },
      {
        key: 'last',
        title: t('sources.column.last'),
        width: 120,
        onCell: whole,
        render: only((source) => <Last source={source} />),
      },
      {
        key: 'delay',
        title: t('sources.column.delay'),
        width: 104,
        onCell: whole,
        render: only((source) => <Delay source={source} />),
      },
      {
        key: 'parsed',
        title: t('sources.column.parsed'),
        width: 70,
        align: 'right',
        onCell: whole,
        render: only((source) => <Parsed source={source} />),
      },
    ];
  }, [from, t, language]);
}

interface Props {
  sources: readonly Source[];
  grouping: Grouping;
  loading: boolean;
  /** Since when the counts are. */
  from: string;
  empty: React.ReactNode;
}

export function SourceTable({ sources, grouping, loading, from, empty }: Props) {
  const { t, i18n } = useTranslation();
  const rows = useMemo<Row[]>(() => {
    const sorted = [...sources].sort(byUrgency);
    if (grouping === 'none') return sorted;
    const nameless = t(grouping === 'unit' ? 'sources.noUnit' : 'sources.noFormat');
    return groupSources(sorted, grouping).map(([key, children]) => ({ id: `group ${key}`, group: key || nameless, children }));
  }, [sources, grouping, t]);
  return (
    <div className="table-box" data-testid="sources">
      <Table<Row>
        key={grouping}
        size="small"
        rowKey="id"
        columns={useColumns(from, t, i18n.language)}
        dataSource={rows}
        loading={loading}
        tableLayout="fixed"
        scroll={{ x: 1080 }}
        expandable={{ defaultExpandAllRows: true, indentSize: 0 }}
        pagination={{ defaultPageSize: 50, hideOnSinglePage: true, showSizeChanger: false, size: 'small' }}
        locale={{ emptyText: empty }}
        rowClassName={(row) => (isGroup(row) ? 'source-group' : '')}
      />
    </div>
  );
}

