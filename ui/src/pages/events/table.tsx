// SPDX-License-Identifier: Apache-2.0
// The events found. Only the rows in sight are in the document; more are asked for near the end.
import { Skeleton, Table, type TableColumnsType } from 'antd';
import { type UIEvent, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useEvent, useFields } from '../../api/queries';
import type { Event, Field } from '../../api/types';
import { ErrorNotice } from '../../components/error-notice';
import { EventView } from '../../components/event-view';
import { Time } from '../../components/time';
import { type ValueActions, ValueLink } from '../../components/value-link';
import { valueText } from '../../lib/format';
import { useSize } from '../../lib/use-size';

interface Props {
  rows: readonly Event[];
  columns: readonly string[];
  actions: ValueActions;
  loading: boolean;
  empty: string;
  onEnd: () => void;
  footer: string;
}

const EXPAND_WIDTH = 36;
const TIME_WIDTH = 160;
const HEAD_HEIGHT = 36;
const NEAR_END_PX = 400;
const TEXT_WIDTH = 420;

const WIDTHS: Record<Field['type'], number> = {
  keyword: 150,
  text: TEXT_WIDTH,
  long: 110,
  double: 110,
  ip: 150,
  date: TIME_WIDTH,
  bool: 80,
};

function Expanded({ seq, actions }: { seq: string; actions: ValueActions }) {
  const { data, error, refetch } = useEvent(seq);
  if (error) return <ErrorNotice error={error} onRetry={refetch} />;
  if (!data) return <Skeleton active paragraph={{ rows: 4 }} />;
  return <EventView event={data} actions={actions} />;
}

function Cell({ name, value, actions }: { name: string; value: unknown; actions: ValueActions }) {
  if (value === undefined || value === null || value === '') return null;
  if (name === 'message') return <span className="mono">{valueText(value)}</span>;
  return <ValueLink name={name} value={value} actions={actions} />;
}

function useColumns({ columns, actions }: Props, width: number): TableColumnsType<Event> {
  const { t } = useTranslation();
  const { data: fields } = useFields();
  return useMemo(() => {
    const types = new Map(fields?.map(({ name, type }) => [name, type]));
    const widths = columns.map((name) => WIDTHS[types.get(name) ?? 'keyword']);
    const used = widths.reduce((sum, w) => sum + w, EXPAND_WIDTH + TIME_WIDTH);
    const spare = Math.max(0, width - used);
    return [
      {
        key: 'time',
        title: t('common.time'),
        width: TIME_WIDTH,
        render: (_, { time }) => <Time value={time} />,
      },
      ...columns.map((name, i) => ({
        key: name,
        title: name,
        width: (widths[i] ?? 0) + (i === columns.length - 1 ? spare : 0),
        ellipsis: true,
        render: (_: unknown, row: Event) => <Cell name={name} value={row[name]} actions={actions} />,
      })),
    ];
  }, [columns, actions, fields, width, t]);
}

const sumOfWidths = (columns: TableColumnsType<Event>) =>
  columns.reduce((sum, { width }) => sum + Number(width ?? 0), EXPAND_WIDTH);

export function EventTable(props: Props) {
  const { rows, actions, loading, empty, onEnd, footer } = props;
  const [box, { width, height }] = useSize<HTMLDivElement>();
  const columns = useColumns(props, width);
  const scrolled = ({ currentTarget }: UIEvent<HTMLDivElement>) => {
    const { scrollHeight, scrollTop, clientHeight } = currentTarget;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) onEnd();
  };
  return (
    <>
      <div ref={box} className="table-box table-fill" data-testid="events">
        {height > 0 && (
          <Table<Event>
            virtual
            size="small"
            rowKey="seq"
            columns={columns}
            dataSource={rows}
            loading={loading}
            pagination={false}
            scroll={{ x: sumOfWidths(columns), y: height - HEAD_HEIGHT }}
            onScroll={scrolled}
            locale={{ emptyText: empty }}
            expandable={{
              columnWidth: EXPAND_WIDTH,
              expandRowByClick: true,
              expandedRowRender: ({ seq }) => <Expanded seq={seq} actions={actions} />,
            }}
          />
        )}
      </div>
      <div className="table-foot muted">{footer}</div>
    </>
  );
}
