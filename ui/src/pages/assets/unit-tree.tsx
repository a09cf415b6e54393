// SPDX-License-Identifier: Apache-2.0
// Units as a tree with how many assets each has, itself and below. Arrow keys move, open and close; Space chooses.
import { Input, Skeleton, Tree } from 'antd';
import { type Key, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAssetCounts, useUnits } from '../../api/assets-queries';
import { ErrorNotice } from '../../components/error-notice';
import { formatCount } from '../../lib/format';
import { type UnitNode, unitPathOf, unitTree } from '../../lib/register';
import { useSize } from '../../lib/use-size';
import type { AssetsState } from './state';

interface Item {
  key: string;
  title: string;
  count: number;
  children?: Item[];
}

const itemOf = ({ unit, total, children }: UnitNode): Item => ({
  key: String(unit.id),
  title: unit.name,
  count: total,
  children: children.map(itemOf),
});

/** Those whose name holds the text, with what they lie in. */
function narrow(items: readonly Item[], text: string): Item[] {
  return items.flatMap((item) => {
    if (item.title.toLowerCase().includes(text)) return [item];
    const children = narrow(item.children ?? [], text);
    return children.length > 0 ? [{ ...item, children }] : [];
  });
}

const keysOf = (items: readonly Item[]): string[] => items.flatMap((item) => [item.key, ...keysOf(item.children ?? [])]);

interface Props {
  state: AssetsState;
  onChoose: (unit: string) => void;
}

function useItems(state: AssetsState) {
  const { t } = useTranslation();
  const units = useUnits(state);
  const counts = useAssetCounts(state, state);
  const items = useMemo((): Item[] => {
    const byUnit = new Map((counts.data?.items ?? []).map(({ unit, count }) => [unit ?? 0, count]));
    const tree = unitTree(units.data?.items ?? [], byUnit).map(itemOf);
    const none = byUnit.get(0) ?? 0;
    return none > 0 ? [...tree, { key: 'none', title: t('assets.noUnit'), count: none }] : tree;
  }, [units.data, counts.data, t]);
  return { units, counts, items };
}

export function UnitTree({ state, onChoose }: Props) {
  const { t, i18n } = useTranslation();
  const { units, counts, items } = useItems(state);
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState<Key[]>();
  const [box, { height }] = useSize<HTMLDivElement>();
  const text = typed.trim().toLowerCase();
  const shown = text ? narrow(items, text) : items;
  const path = unitPathOf(units.data?.items ?? [], Number(state.unit)).map(({ id }) => String(id));
  const expanded = text ? keysOf(shown) : (opened ?? [...items.slice(0, 1).map(({ key }) => key), ...path]);
  const count = (n: number) => <span className="unit-count number">{formatCount(n, i18n.language)}</span>;
  return (
    <section className="panel unit-tree" aria-label={t('assets.byUnit')}>
      <Input
        size="small"
        allowClear
        value={typed}
        placeholder={t('assets.findUnit')}
        aria-label={t('assets.findUnit')}
        onChange={(event) => setTyped(event.target.value)}
      />
      <button
        type="button"
        className={state.unit ? 'unit-all' : 'unit-all unit-chosen'}
        aria-pressed={!state.unit}
        onClick={() => onChoose('')}
      >
        {t('assets.allUnits')}
        {counts.data && count(counts.data.total)}
      </button>
      {units.error && <ErrorNotice error={units.error} onRetry={units.refetch} />}
      <div ref={box} className="unit-tree-box" data-testid="unit-tree">
        {units.isPending ? (
          <Skeleton active paragraph={{ rows: 8 }} />
        ) : (
          height > 0 && (
            <Tree<Item>
              blockNode
              height={height}
              treeData={shown}
              expandedKeys={expanded}
              onExpand={setOpened}
              selectedKeys={state.unit ? [state.unit] : []}
              onSelect={([key]) => onChoose(key === undefined ? '' : String(key))}
              titleRender={(item) => (
                <span className="unit-line" data-testid={`unit-${item.key}`}>
                  <span className="unit-name">{item.title}</span>
                  {counts.data && count(item.count)}
                </span>
              )}
              aria-label={t('assets.byUnit')}
            />
          )
        )}
      </div>
    </section>
  );
}
