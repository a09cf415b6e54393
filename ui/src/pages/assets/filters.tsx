// SPDX-License-Identifier: Apache-2.0
import { Button, Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ASSET_KINDS, CRITICALITIES, EXPOSURES, LIVES, MLPS_LEVELS } from '../../lib/register';
import type { AssetsState } from './state';

interface Props {
  state: AssetsState;
  onChange: (part: Partial<AssetsState>) => void;
}

const NOTHING: Partial<AssetsState> = { kind: [], life: [], exposure: [], criticality: [], mlps: [], q: '' };

function Words({ state, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(state.q);
  useEffect(() => setTyped(state.q), [state.q]);
  return (
    <Input.Search
      className="filter-text"
      value={typed}
      maxLength={200}
      allowClear
      placeholder={t('assets.search')}
      aria-label={t('assets.search')}
      onChange={(event) => setTyped(event.target.value)}
      onSearch={(text) => onChange({ q: text.trim() })}
      data-testid="assets-search"
    />
  );
}

interface ChoiceProps<T extends string> {
  values: readonly T[];
  label: string;
  nameOf: (value: T) => string;
  options: readonly T[];
  onChange: (values: T[]) => void;
}

function Choice<T extends string>({ values, label, nameOf, options, onChange }: ChoiceProps<T>) {
  return (
    <Select<T[]>
      className="assets-filter"
      mode="multiple"
      maxTagCount="responsive"
      value={[...values]}
      options={options.map((value) => ({ value, label: nameOf(value) }))}
      placeholder={label}
      aria-label={label}
      onChange={onChange}
    />
  );
}

export function AssetFilters({ state, onChange }: Props) {
  const { t } = useTranslation();
  const { kind, life, exposure, criticality, mlps, q } = state;
  const some = q || [kind, life, exposure, criticality, mlps].some((chosen) => chosen.length > 0);
  return (
    <search className="filters">
      <Words state={state} onChange={onChange} />
      <Choice
        values={kind}
        label={t('register.member.kind')}
        nameOf={(value) => t(`register.kind.${value}`)}
        options={ASSET_KINDS}
        onChange={(values) => onChange({ kind: values })}
      />
      <Choice
        values={criticality}
        label={t('register.member.criticality')}
        nameOf={(value) => t(`register.criticality.${value}`)}
        options={CRITICALITIES}
        onChange={(values) => onChange({ criticality: values })}
      />
      <Choice
        values={mlps}
        label={t('register.member.mlps_level')}
        nameOf={(value) => t(`register.mlps.${value}`)}
        options={MLPS_LEVELS}
        onChange={(values) => onChange({ mlps: values })}
      />
      <Choice
        values={exposure}
        label={t('register.member.exposure')}
        nameOf={(value) => t(`register.exposure.${value}`)}
        options={EXPOSURES}
        onChange={(values) => onChange({ exposure: values })}
      />
      <Choice
        values={life}
        label={t('register.member.life')}
        nameOf={(value) => t(`register.life.${value}`)}
        options={LIVES}
        onChange={(values) => onChange({ life: values })}
      />
      {some && (
        <Button type="link" size="small" onClick={() => onChange(NOTHING)}>
          {t('alerts.clear')}
        </Button>
      )}
    </search>
  );
}
