// SPDX-License-Identifier: Apache-2.0
// What a table does to the register, row by row: a virtual list, for there may be a hundred thousand.
import { Button, Radio, Segmented, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ImportAnswer, type ImportRow, type ImportWish, type Remark, VERDICTS, type Verdict } from '../../api/import-queries';
import { formatCount } from '../../lib/format';
import { useSize } from '../../lib/use-size';

const CODES = ['unknown', 'ambiguous', 'bad_value', 'too_large', 'denied', 'changed_meanwhile', 'not_valid_then', 'conflict'] as const;
type Code = (typeof CODES)[number];
const isCode = (code: string | undefined): code is Code => (CODES as readonly (string | undefined)[]).includes(code);

function RemarkLine({ remark }: { remark: Remark }) {
  const { t } = useTranslation();
  const { kind, heading, from, to, code, message } = remark;
  if (kind === 'change')
    return (
      <p className="import-remark">
        <span className="muted">{heading}</span> <del>{from || t('register.nothing')}</del> → <ins>{to || t('register.nothing')}</ins>
      </p>
    );
  if (kind === 'conflict')
    return (
      <dl className="import-sides">
        <div>
          <dt>{t('imports.inRegister', { heading: heading ?? '' })}</dt>
          <dd>{from || t('register.nothing')}</dd>
        </div>
        <div>
          <dt>{t('imports.inFile', { heading: heading ?? '' })}</dt>
          <dd>{to || t('register.nothing')}</dd>
        </div>
      </dl>
    );
  return (
    <p className={`import-remark import-${kind}`}>
      <b>{t(`imports.${kind}`)}</b> {heading && <span className="muted">{heading}</span>}{' '}
      {message || (isCode(code) && t(`imports.code.${code}`))}
    </p>
  );
}

interface Props {
  answer: ImportAnswer;
  wish: ImportWish;
  /** Absent once it is done. */
  onDecide?: (part: Partial<ImportWish>) => void;
}

function useColumns({ wish, onDecide }: Pick<Props, 'wish' | 'onDecide'>): TableColumnsType<ImportRow> {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { key: 'line', title: t('imports.line'), width: 76, align: 'end', className: 'number', dataIndex: 'line' },
      {
        key: 'verdict',
        title: t('imports.becomes'),
        width: 90,
        render: (_, { verdict }) => <span className={`verdict verdict-${verdict}`}>{t(`imports.verdict.${verdict}`)}</span>,
      },
      { key: 'label', title: t('imports.what'), width: 240, ellipsis: true, dataIndex: 'label' },
      {
        key: 'remarks',
        title: t('imports.remarks'),
        render: (_, { remarks }) => remarks.map((remark, i) => <RemarkLine key={`${i}-${remark.column}`} remark={remark} />),
      },
      {
        key: 'choice',
        title: t('imports.decision'),
        width: 190,
        render: (_, { line, verdict, choice, remarks }) =>
          (verdict === 'conflict' || choice || remarks.some(({ kind }) => kind === 'conflict')) && (
            <Radio.Group
              size="small"
              value={wish.choices[line] ?? wish.onConflict}
              disabled={!onDecide}
              onChange={({ target }) => onDecide?.({ choices: { ...wish.choices, [line]: target.value } })}
              aria-label={t('imports.decisionOf', { line })}
            >
              <Radio value="keep">{t('imports.keep')}</Radio>
              <Radio value="take">{t('imports.take')}</Radio>
            </Radio.Group>
          ),
      },
    ],
    [t, wish.choices, wish.onConflict, onDecide],
  );
}

function Bulk({ count, onDecide }: { count: number; onDecide: NonNullable<Props['onDecide']> }) {
  const { t } = useTranslation();
  return (
    <p className="import-bulk">
      {t('imports.conflictsAsk', { count })}
      <Button size="small" onClick={() => onDecide({ onConflict: 'keep', choices: {} })}>
        {t('imports.keepAll')}
      </Button>
      <Button size="small" onClick={() => onDecide({ onConflict: 'take', choices: {} })}>
        {t('imports.takeAll')}
      </Button>
    </p>
  );
}

export function ImportRows({ answer, wish, onDecide }: Props) {
  const { t, i18n } = useTranslation();
  const [chosen, setChosen] = useState<Verdict | 'all'>();
  const [box, { height }] = useSize<HTMLDivElement>();
  const columns = useColumns({ wish, onDecide });
  const { counts, rows } = answer;
  // What needs somebody comes first.
  const shown = chosen ?? (counts.error ? 'error' : counts.conflict ? 'conflict' : 'all');
  const listed = useMemo(() => (shown === 'all' ? rows : rows.filter(({ verdict }) => verdict === shown)), [rows, shown]);
  const count = (n: number) => formatCount(n, i18n.language);
  return (
    <>
      <Segmented<Verdict | 'all'>
        value={shown}
        onChange={setChosen}
        options={[
          { value: 'all', label: `${t('imports.all')} ${count(rows.length)}` },
          ...VERDICTS.map((verdict) => ({
            value: verdict,
            label: `${t(`imports.verdict.${verdict}`)} ${count(counts[verdict])}`,
            disabled: counts[verdict] === 0,
          })),
        ]}
      />
      {onDecide && counts.conflict > 0 && <Bulk count={counts.conflict} onDecide={onDecide} />}
      <div ref={box} className="table-box import-rows" data-testid="import-rows">
        {height > 0 && (
          <Table<ImportRow>
            virtual
            size="small"
            rowKey="line"
            columns={columns}
            dataSource={listed}
            pagination={false}
            scroll={{ x: 900, y: height - 33 }}
          />
        )}
      </div>
    </>
  );
}
