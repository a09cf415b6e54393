// SPDX-License-Identifier: Apache-2.0
// The events found. Only the rows in sight are in the document; more are asked for near the end.
import { Table, type TableColumnsType } from 'antd';
import { type UIEvent, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFields } from '../../api/queries';
import type { Event, Field } from '../../api/types';
import { Marked } from '../../components/marked';
import { Time } from '../../components/time';
import { type ValueActions, ValueLink } from '../../components/value-link';
import { valueText } from '../../lib/format';
import { useSize } from '../../lib/use-size';

/** How a row looks: one line, or the whole text. */
export type Rows = 'dense' | 'roomy' | 'wrapped';

interface Props {
  rows: readonly Event[];
  columns: readonly string[];
  actions: ValueActions;
  /** Marked in prose. */
  words: readonly string[];
  looks: Rows;
  selected: string | undefined;
  onOpen: (seq: string) => void;
  loading: boolean;
  empty: string;
  onEnd: () => void;
  footer: string;
}

const TIME_WIDTH = 154;
const HEAD_HEIGHT = 36;
const NEAR_END_PX = 400;
/** At least; prose that stands last takes what is left. */
const TEXT_WIDTH = 260;
const PROSE = new Set(['message', 'error.message', 'event.reason', 'email.subject']);

const WIDTHS: Record<Field['type'], number> = {
  keyword: 120,
  text: TEXT_WIDTH,
  long: 110,
  double: 110,
  ip: 130,
  date: TIME_WIDTH,
  bool: 80,
};

interface CellProps {
  name: string;
  value: unknown;
  actions: ValueActions;
  words: readonly string[];
}

function Cell({ name, value, actions, words }: CellProps) {
  if (value === undefined || value === null || value === '') return null;
  if (PROSE.has(name))
    return (
      <span className="mono">
        <Marked text={valueText(value)} words={words} />
      </span>
    );
  return <ValueLink name={name} value={value} actions={actions} />;
}

function useColumns({ columns, actions, words, looks }: Props, width: number): TableColumnsType<Event> {
  const { t } = useTranslation();
  const { data: fields } = useFields();
  return useMemo(() => {
    const types = new Map(fields?.map(({ name, type }) => [name, type]));
    const widths = columns.map((name) => WIDTHS[types.get(name) ?? 'keyword']);
    const used = widths.reduce((sum, w) => sum + w, TIME_WIDTH);
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
        ellipsis: looks !== 'wrapped',
        render: (_: unknown, row: Event) => <Cell name={name} value={row[name]} actions={actions} words={words} />,
      })),
    ];
  }, [columns, actions, words, looks, fields, width, t]);
}

const sumOfWidths = (columns: TableColumnsType<Event>) =>
  columns.reduce((sum, { width }) => sum + Number(width ?? 0), 0);

export function EventTable(props: Props) {
  const { rows, looks, selected, onOpen, loading, empty, onEnd, footer } = props;
  const { t } = useTranslation();
  const [box, { width, height }] = useSize<HTMLDivElement>();
  const table = useRef<{ scrollTo: (to: { key: string }) => void }>(null);
  const columns = useColumns(props, width);
  useEffect(() => {
    if (selected !== undefined) table.current?.scrollTo({ key: selected });
  }, [selected]);
  const scrolled = ({ currentTarget }: UIEvent<HTMLDivElement>) => {
    const { scrollHeight, scrollTop, clientHeight } = currentTarget;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) onEnd();
  };
  return (
    <>
      <div ref={box} className={`table-box table-fill rows-${looks}`} data-testid="events">
        {height > 0 && (
          <Table<Event>
            virtual
            ref={table as never}
            size="small"
            rowKey="seq"
            columns={columns}
            dataSource={rows}
            loading={loading}
            pagination={false}
            scroll={{ x: sumOfWidths(columns), y: height - HEAD_HEIGHT }}
            onScroll={scrolled}
            locale={{ emptyText: empty }}
            rowClassName={({ seq }) => (seq === selected ? 'row row-selected' : 'row')}
            onRow={({ seq }) => ({
              onClick: () => onOpen(seq),
              onKeyDown: ({ key, target, currentTarget }) =>
                key === 'Enter' && target === currentTarget && onOpen(seq),
              tabIndex: 0,
              'aria-label': t('events.event', { seq }),
              'aria-current': seq === selected,
            })}
          />
        )}
      </div>
      <div className="table-foot muted">{footer}</div>
    </>
  );
}
