// SPDX-License-Identifier: Apache-2.0
// The units as a tree: who heads each, and how many assets it and those below it have.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ALL_ASSETS, useAssetCounts, useHeads, useUnits } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { AsOf, AsOfNotice } from '../../components/register/as-of';
import { Contact } from '../../components/register/contact';
import { UnitForm } from '../../components/register/unit-form';
import { WordsFilter } from '../../components/register/words-filter';
import { formatCount } from '../../lib/format';
import { unitPath } from '../../lib/links';
import { type HeldDuty, isNow, type Unit, type UnitNode, unitTree, type View } from '../../lib/register';
import { printState, text, useUrlState } from '../../lib/url-state';
import { ASSETS_STATE, VIEW_STATE } from '../assets/state';
import '../../styles/assets.css';

const STATE = { ...VIEW_STATE, q: text() };

interface Row {
  key: number;
  unit: Unit;
  assets: number;
  children?: Row[];
}

const rowOf = ({ unit, total, children }: UnitNode): Row => ({
  key: unit.id,
  unit,
  assets: total,
  ...(children.length > 0 ? { children: children.map(rowOf) } : {}),
});

function narrow(rows: readonly Row[], words: string): Row[] {
  return rows.flatMap((row) => {
    const children = narrow(row.children ?? [], words);
    const fits = `${row.unit.name} ${row.unit.code}`.toLowerCase().includes(words);
    return fits || children.length > 0 ? [{ ...row, children: children.length > 0 ? children : undefined }] : [];
  });
}

const keysOf = (rows: readonly Row[]): number[] => rows.flatMap(({ key, children }) => [key, ...keysOf(children ?? [])]);

function useColumns(heads: readonly HeldDuty[], query: string): TableColumnsType<Row> {
  const { t, i18n } = useTranslation();
  const headOf = useMemo(() => new Map(heads.map((duty) => [duty.unit, duty])), [heads]);
  return [
    {
      key: 'name',
      title: t('units.title'),
      render: (_, { unit }) => <Link to={unitPath(unit.id) + query}>{unit.name}</Link>,
    },
    { key: 'code', title: t('register.member.code'), width: 110, className: 'mono', render: (_, { unit }) => unit.code },
    { key: 'kind', title: t('units.kindLabel'), width: 90, render: (_, { unit }) => t(`units.kind.${unit.kind}`) },
    {
      key: 'head',
      title: t('register.duty.first_responsible'),
      width: 160,
      render: (_, { unit }) => {
        const head = headOf.get(unit.id);
        return head ? <Contact person={head.person} name={head.person_name} /> : <span className="muted">{t('units.noHead')}</span>;
      },
    },
    {
      key: 'assets',
      title: t('units.assets'),
      width: 120,
      align: 'end',
      className: 'number',
      render: (_, { unit, assets }) => (
        <Link to={`/assets?${printState(ASSETS_STATE, { unit: String(unit.id) })}`}>{formatCount(assets, i18n.language)}</Link>
      ),
    },
  ];
}

function Tree({ view, words }: { view: View; words: string }) {
  const { t } = useTranslation();
  const units = useUnits(view);
  const counts = useAssetCounts(ALL_ASSETS, view);
  const heads = useHeads(view);
  const time = printState(VIEW_STATE, view).toString();
  const columns = useColumns(heads.data?.items ?? [], time ? `?${time}` : '');
  const [opened, setOpened] = useState<readonly number[]>();
  const rows = useMemo(() => {
    const byUnit = new Map((counts.data?.items ?? []).map(({ unit, count }) => [unit ?? 0, count]));
    return unitTree(units.data?.items ?? [], byUnit).map(rowOf);
  }, [units.data, counts.data]);
  const shown = words ? narrow(rows, words.toLowerCase()) : rows;
  const many = (units.data?.items.length ?? 0) > 300;
  const expanded = words ? keysOf(shown) : (opened ?? (many ? rows.map(({ key }) => key) : keysOf(rows)));
  return (
    <Loaded
      query={units}
      isEmpty={({ items }) => items.length === 0}
      empty={
        <Empty title={t('units.none')} hint={t('units.noneHint')}>
          <Link to="/assets/import">{t('imports.title')}</Link>
        </Empty>
      }
    >
      {() => (
        <div className="table-box" data-testid="units">
          <Table<Row>
            size="small"
            columns={columns}
            dataSource={shown}
            pagination={shown.length > 200 ? { pageSize: 200, size: 'small' } : false}
            expandable={{ expandedRowKeys: expanded, onExpandedRowsChange: (keys) => setOpened(keys as number[]) }}
            locale={{ emptyText: t('assets.noneFiltered') }}
            scroll={{ x: 760 }}
          />
        </div>
      )}
    </Loaded>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const may = useMay('register.change');
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHead title={t('units.title')} hint={t('units.hint')} help="daily-work#assets">
        <AsOf view={state} onChange={change} />
        {may && isNow(state) && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="add-unit">
            {t('units.add')}
          </Button>
        )}
      </PageHead>
      <AsOfNotice view={state} onChange={change} />
      <WordsFilter
        words={state.q}
        onWords={(q) => change({ q })}
        placeholder={t('assets.findUnit')}
        onClear={state.q ? () => change({ q: '' }) : undefined}
        testId="units-search"
      />
      <Tree view={{ at: state.at, known: state.known }} words={state.q} />
      {adding && <UnitForm onClose={() => setAdding(false)} />}
    </>
  );
}
