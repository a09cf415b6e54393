// SPDX-License-Identifier: Apache-2.0
import { TreeSelect } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useUnits } from '../../api/assets-queries';
import { NOW, type UnitNode, unitTree } from '../../lib/register';

interface Props {
  id?: string;
  value?: number | null;
  onChange?: (value: number | null) => void;
  /** A unit that cannot be chosen, nor what is below it. */
  without?: number;
  placeholder?: string;
  className?: string;
}

interface Option {
  value: number;
  title: string;
  children: Option[];
}

const optionsOf = (nodes: readonly UnitNode[], without?: number): Option[] =>
  nodes
    .filter(({ unit }) => unit.id !== without)
    .map(({ unit, children }) => ({ value: unit.id, title: unit.name, children: optionsOf(children, without) }));

export function UnitSelect({ id, value, onChange, without, placeholder, className }: Props) {
  const { t } = useTranslation();
  const { data, isPending } = useUnits(NOW);
  const options = useMemo(() => optionsOf(unitTree(data?.items ?? []), without), [data, without]);
  return (
    <TreeSelect<number>
      id={id}
      className={className}
      value={value || undefined}
      treeData={options}
      loading={isPending}
      showSearch={{ treeNodeFilterProp: 'title' }}
      allowClear
      placeholder={placeholder ?? t('register.noUnit')}
      aria-label={placeholder ?? t('register.unit')}
      onChange={(chosen?: number) => onChange?.(chosen ?? null)}
      treeDefaultExpandedKeys={options.map((option) => option.value)}
      listHeight={320}
    />
  );
}
