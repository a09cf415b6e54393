// SPDX-License-Identifier: Apache-2.0
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { WordsFilter } from '../../components/register/words-filter';
import { ASSET_KINDS, CRITICALITIES, EXPOSURES, LIVES, MLPS_LEVELS } from '../../lib/register';
import type { AssetsState } from './state';

interface Props {
  state: AssetsState;
  onChange: (part: Partial<AssetsState>) => void;
}

const NOTHING: Partial<AssetsState> = { kind: [], life: [], exposure: [], criticality: [], mlps: [], q: '' };

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
    <WordsFilter
      words={q}
      onWords={(words) => onChange({ q: words })}
      placeholder={t('assets.search')}
      onClear={some ? () => onChange(NOTHING) : undefined}
      testId="assets-search"
    >
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
    </WordsFilter>
  );
}
