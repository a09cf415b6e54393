// SPDX-License-Identifier: Apache-2.0
import { Button, Input, Select, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAssetName, useUnits } from '../../api/alert-queries';
import type { AlertStatus, Level } from '../../api/types';
import { ALERT_STATES, LEVELS } from '../../api/types';
import { useTacticName } from '../../components/tactic';
import { LevelTag } from '../../components/tags';
import type { AlertsState } from '../../lib/url-state';
import { MoreFilters } from './more-filters';

interface Props {
  state: AlertsState;
  onChange: (part: Partial<AlertsState>) => void;
  /** Title of the rule filtered by, where an alert of it is at hand. */
  ruleTitle?: string;
}

export const NOTHING: Partial<AlertsState> = {
  level: [],
  status: [],
  rule: '',
  tactic: '',
  source_ip: '',
  assignee: '',
  asset: undefined,
  unit: undefined,
  q: '',
  drill: undefined,
};

export const isFiltered = (state: AlertsState) =>
  state.level.length + state.status.length > 0 ||
  Boolean(state.rule || state.tactic || state.q || state.source_ip || state.assignee || state.asset || state.unit) ||
  state.drill !== undefined;

function TextFilter({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <Input.Search
      className="filter-text"
      value={typed}
      maxLength={200}
      allowClear
      placeholder={t('alerts.search')}
      aria-label={t('alerts.search')}
      onChange={(event) => setTyped(event.target.value)}
      onSearch={(q) => onChange(q.trim())}
    />
  );
}

function LevelFilter({ state, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Select<Level[]>
      mode="multiple"
      className="filter-level"
      value={[...state.level]}
      onChange={(level) => onChange({ level })}
      options={LEVELS.map((level) => ({ value: level, label: t(`level.${level}`) }))}
      optionRender={({ value }) => <LevelTag level={value as Level} />}
      placeholder={t('alerts.anyLevel')}
      aria-label={t('alerts.level')}
      maxTagCount="responsive"
      allowClear
    />
  );
}

function StatusFilter({ state, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Select<AlertStatus[]>
      mode="multiple"
      className="filter-status"
      value={[...state.status]}
      onChange={(status) => onChange({ status })}
      options={ALERT_STATES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
      placeholder={t('alerts.anyStatus')}
      aria-label={t('alerts.status')}
      maxTagCount="responsive"
      allowClear
    />
  );
}

function DrillFilter({ state, onChange }: Props) {
  const { t } = useTranslation();
  const options = [
    { value: 'all', label: t('alerts.drillAll'), drill: undefined },
    { value: 'real', label: t('alerts.drillReal'), drill: false },
    { value: 'drill', label: t('alerts.drillOnly'), drill: true },
  ];
  return (
    <Select
      className="filter-drill"
      value={options.find(({ drill }) => drill === state.drill)?.value}
      onChange={(value) => onChange({ drill: options.find((option) => option.value === value)?.drill })}
      options={options.map(({ value, label }) => ({ value, label }))}
      aria-label={t('alerts.drill')}
    />
  );
}

/** Filters that have no place of their own, shown so that they can be taken off. */
function LinkedFilters({ state, onChange, ruleTitle }: Props) {
  const { t } = useTranslation();
  const tacticName = useTacticName();
  const { data: units } = useUnits(state.unit !== undefined);
  const { data: asset } = useAssetName(state.asset);
  const unit = units?.items.find(({ id }) => id === state.unit)?.name;
  return (
    <>
      {state.rule && (
        <Tag closable onClose={() => onChange({ rule: '' })}>
          {t('alerts.rule')}: {ruleTitle ?? state.rule}
        </Tag>
      )}
      {state.tactic && (
        <Tag closable onClose={() => onChange({ tactic: '' })}>
          {t('alerts.tactic')}: {tacticName(state.tactic)}
        </Tag>
      )}
      {state.source_ip && (
        <Tag closable onClose={() => onChange({ source_ip: '' })}>
          {t('alerts.sourceIp')}: <span className="mono">{state.source_ip}</span>
        </Tag>
      )}
      {state.assignee && (
        <Tag closable onClose={() => onChange({ assignee: '' })}>
          {t('alerts.assignee')}: {state.assignee}
        </Tag>
      )}
      {state.asset !== undefined && (
        <Tag closable onClose={() => onChange({ asset: undefined })}>
          {t('alerts.asset')}: {asset ?? state.asset}
        </Tag>
      )}
      {state.unit !== undefined && (
        <Tag closable onClose={() => onChange({ unit: undefined })}>
          {t('alerts.unit')}: {unit ?? state.unit}
        </Tag>
      )}
    </>
  );
}

export function AlertFilters(props: Props) {
  const { t } = useTranslation();
  const { state, onChange } = props;
  return (
    <search className="filters">
      <TextFilter value={state.q} onChange={(q) => onChange({ q })} />
      <LevelFilter {...props} />
      <StatusFilter {...props} />
      <DrillFilter {...props} />
      <MoreFilters {...props} />
      <LinkedFilters {...props} />
      {isFiltered(state) && (
        <Button type="link" size="small" onClick={() => onChange(NOTHING)}>
          {t('alerts.clear')}
        </Button>
      )}
    </search>
  );
}
