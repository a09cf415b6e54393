// SPDX-License-Identifier: Apache-2.0
// What can be said of the span: that all came that should have come, or where it was blind.
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Gap, type Statement, useStatement } from '../../api/sources-queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { download, toCsv } from '../../lib/csv';
import { formatCount } from '../../lib/format';
import { sourcePath } from '../../lib/links';
import { localTime } from '../../lib/time';

const SHOWN = 200;
const COLUMNS = [
  'reason', 'source', 'address', 'name', 'from', 'to', 'lasts', 'learning', 'count', 'received',
  'acknowledged_by', 'acknowledged_until', 'acknowledged_reason',
];

function exportCsv({ gaps, from, to }: Statement): void {
  const rows = gaps.map(({ talker, ...gap }) => {
    const { reason, lasts, learning, count, received, acknowledged } = gap;
    const said = [acknowledged?.by, acknowledged?.until, acknowledged?.reason];
    const who = [talker?.source, talker?.peer, talker?.name];
    return [reason, ...who, gap.from, gap.to, lasts, learning, count, received, ...said];
  });
  download(`wanglou-coverage-${from.slice(0, 10)}-${to.slice(0, 10)}.csv`, 'text/csv', toCsv([COLUMNS, ...rows]));
}

const exportJson = (statement: Statement) =>
  download(
    `wanglou-coverage-${statement.from.slice(0, 10)}-${statement.to.slice(0, 10)}.json`,
    'application/json',
    JSON.stringify(statement, null, 2),
  );

function Who({ talker }: Gap) {
  const { t } = useTranslation();
  if (!talker) return <>{t('sources.statement.everybody')}</>;
  const { id, kind, peer, name, source } = talker;
  if (kind === 'platform') return <>{t('sources.statement.everybody')}</>;
  const text = [peer, name, source].filter(Boolean).join(' ') || t('sources.others');
  return (
    <Link className="mono" to={sourcePath(id)}>
      {text}
    </Link>
  );
}

function useColumns(): TableColumnsType<Gap> {
  const { t, i18n } = useTranslation();
  return [
    {
      key: 'reason',
      title: t('sources.statement.why'),
      width: 190,
      render: (_, { reason, learning, acknowledged }) => (
        <>
          {t(`sources.statement.reason.${reason}`)}
          {acknowledged && <div className="muted">{t('sources.silence.because', { reason: acknowledged.reason })}</div>}
          {learning && <div className="muted">{t('sources.statement.learning')}</div>}
        </>
      ),
    },
    { key: 'who', title: t('sources.statement.who'), ellipsis: true, render: (_, gap) => <Who {...gap} /> },
    { key: 'from', title: t('sources.statement.from'), width: 170, render: (_, { from }) => <Time value={from} /> },
    {
      key: 'to',
      title: t('sources.statement.to'),
      width: 170,
      render: (_, { to, lasts }) => (lasts ? t('sources.statement.lasts') : <Time value={to} />),
    },
    {
      key: 'count',
      title: t('sources.statement.count'),
      width: 90,
      align: 'right',
      render: (_, { count }) => count !== undefined && <span className="number">{formatCount(count, i18n.language)}</span>,
    },
  ];
}

function Verdict({ verdict, from, until, sources, gap_count }: Statement) {
  const { t, i18n } = useTranslation();
  const times = { from: localTime(from), until: localTime(until) };
  const counts = { value: formatCount(sources, i18n.language), gaps: formatCount(gap_count, i18n.language) };
  return (
    <p className={`statement statement-${verdict}`} data-testid="verdict">
      {t(`sources.statement.${verdict}`, { ...times, ...counts })}
    </p>
  );
}

export function StatementPanel({ days }: { days: number }) {
  const { t } = useTranslation();
  const query = useStatement({ from: `-${days}d`, to: 'now' });
  const columns = useColumns();
  const { data } = query;
  return (
    <Panel
      title={t('sources.statement.title')}
      extra={
        data && (
          <span>
            <Button size="small" type="text" icon={<DownloadOutlined />} onClick={() => exportCsv(data)} data-testid="statement-csv">
              {t('sources.statement.export')}
            </Button>
            <Button size="small" type="text" icon={<DownloadOutlined />} onClick={() => exportJson(data)}>
              {t('sources.statement.exportJson')}
            </Button>
          </span>
        )
      }
    >
      <Loaded query={query} rows={2}>
        {(statement) => (
          <>
            <Verdict {...statement} />
            {statement.gaps.length > 0 && (
              <details>
                <summary>{t('sources.statement.gaps')}</summary>
                <Table<Gap>
                  size="small"
                  rowKey={({ reason, from, talker }) => `${reason} ${from} ${talker?.id}`}
                  columns={columns}
                  dataSource={statement.gaps.slice(0, SHOWN)}
                  pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false, size: 'small' }}
                />
                {statement.gap_count > SHOWN && (
                  <p className="muted">{t('sources.statement.shown', { shown: SHOWN, all: statement.gap_count })}</p>
                )}
              </details>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
