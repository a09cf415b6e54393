// SPDX-License-Identifier: Apache-2.0
// The answer as a table. Every value is text, whatever it holds; only the rows in sight are in the document.
import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Table, type TableColumnsType } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SqlAnswer } from '../../api/types';
import { download, toCsv } from '../../lib/csv';
import { formatCount } from '../../lib/format';
import { conceal } from '../../lib/hidden';
import { useSize } from '../../lib/use-size';

const HEAD_HEIGHT = 36;
const WIDTH_MIN = 110;
const WIDTH_MAX = 420;
const CHARACTER = 8;
const LOOKED_AT = 50;

interface Row {
  key: number;
  values: readonly (string | null)[];
}

const isNumber = (type: string) => /^(Nullable\()?(U?Int|Float|Decimal)/.test(type);

/** As wide as what stands in its first rows. */
function widthOf({ columns, rows }: SqlAnswer, index: number): number {
  const longest = rows.slice(0, LOOKED_AT).reduce((n, row) => Math.max(n, row[index]?.length ?? 0), columns[index]?.name.length ?? 0);
  return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, longest * CHARACTER + 24));
}

function useColumns(answer: SqlAnswer): TableColumnsType<Row> {
  const { t } = useTranslation();
  return useMemo(
    () =>
      answer.columns.map(({ name, type }, i) => ({
        key: `${i} ${name}`,
        title: <span title={type}>{name}</span>,
        width: widthOf(answer, i),
        align: isNumber(type) ? 'end' : 'start',
        ellipsis: true,
        render: (_: unknown, { values }: Row) => {
          const value = values[i];
          if (value === null || value === undefined) return <i className="muted">{t('sql.null')}</i>;
          return (
            <span className={isNumber(type) ? 'number' : 'mono'} title={value}>
              {value}
            </span>
          );
        },
      })),
    [answer, t],
  );
}

/** What comes from logs is itself again; the cells are no formulas. */
function save({ columns, rows }: SqlAnswer): void {
  const names = columns.map(({ name }) => name);
  const values = rows.map((row) => row.map((value) => value && conceal(value)));
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  download(`wanglou-sql-${time}.csv`, 'text/csv', toCsv([names, ...values]));
}

export function Result({ answer }: { answer: SqlAnswer }) {
  const { t, i18n } = useTranslation();
  const [box, { height }] = useSize<HTMLDivElement>();
  const columns = useColumns(answer);
  const rows = useMemo(() => answer.rows.map((values, key) => ({ key, values })), [answer]);
  const count = (n: number) => formatCount(n, i18n.language);
  const width = columns.reduce((sum, column) => sum + Number(column.width ?? 0), 0);
  return (
    <section className="sql-result" aria-label={t('sql.result')}>
      <div className="events-tools">
        <span className="number" data-testid="sql-facts">
          {t('sql.rows', { value: count(rows.length) })} · {t('sql.took', { value: count(Math.round(answer.elapsed_ms)) })} ·{' '}
          {t('sql.read', { value: count(answer.read_rows) })}
        </span>
        <span className="grow" />
        <Button size="small" icon={<DownloadOutlined />} disabled={rows.length === 0} onClick={() => save(answer)} data-testid="sql-csv">
          {t('sql.copyCsv')}
        </Button>
      </div>
      {answer.more && <Alert type="warning" showIcon title={t('sql.more', { value: count(rows.length) })} />}
      <div ref={box} className="table-box table-fill" data-testid="sql-rows">
        {height > 0 && (
          <Table<Row>
            virtual
            size="small"
            rowKey="key"
            columns={columns}
            dataSource={rows}
            pagination={false}
            scroll={{ x: width, y: height - HEAD_HEIGHT }}
            locale={{ emptyText: t('sql.noRows') }}
          />
        )}
      </div>
    </section>
  );
}
