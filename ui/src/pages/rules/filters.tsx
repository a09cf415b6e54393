// SPDX-License-Identifier: Apache-2.0
import { Button, Input, Select, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRulePacks } from '../../api/rules-queries';
import { LEVELS, type Level } from '../../api/types';
import { useTacticName } from '../../components/tactic';
import { Technique } from '../../components/technique';
import { TACTICS } from '../../lib/attack';
import { usePackName } from './packs';
import { isRuleState, RULE_STATES, type RulesState } from './state';

interface Props {
  state: RulesState;
  onChange: (part: Partial<RulesState>) => void;
}

const NOTHING: Partial<RulesState> = {
  q: '',
  level: [],
  state: '',
  pack: '',
  tactic: '',
  technique: '',
  source: '',
};

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
      placeholder={t('rules.search')}
      aria-label={t('rules.search')}
      onChange={(event) => setTyped(event.target.value)}
      onSearch={(q) => onChange({ q: q.trim() })}
      data-testid="rule-search"
    />
  );
}

export function RuleFilters(props: Props) {
  const { t } = useTranslation();
  const tacticName = useTacticName();
  const packName = usePackName();
  const packs = useRulePacks();
  const { state, onChange } = props;
  const isFiltered =
    state.level.length > 0 ||
    Boolean(state.q || state.state || state.pack || state.tactic || state.technique || state.source);
  return (
    <search className="filters">
      <Words {...props} />
      <Select<Level[]>
        mode="multiple"
        className="filter-level"
        value={[...state.level]}
        onChange={(level) => onChange({ level })}
        options={LEVELS.map((level) => ({ value: level, label: t(`level.${level}`) }))}
        placeholder={t('rules.anyLevel')}
        aria-label={t('rules.level')}
        maxTagCount="responsive"
        allowClear
      />
      <Select
        className="filter-rule"
        value={isRuleState(state.state) ? state.state : undefined}
        onChange={(value?: string) => onChange({ state: value ?? '' })}
        options={RULE_STATES.map((name) => ({ value: name, label: t(`rules.state.${name}`) }))}
        placeholder={t('rules.anyState')}
        aria-label={t('rules.anyState')}
        allowClear
      />
      <Select
        className="filter-rule"
        value={state.tactic || undefined}
        onChange={(value?: string) => onChange({ tactic: value ?? '' })}
        options={TACTICS.map((name) => ({ value: name, label: tacticName(name) }))}
        placeholder={t('rules.anyTactic')}
        aria-label={t('rules.tactic')}
        allowClear
        listHeight={400}
      />
      <Select
        className="filter-rule"
        value={state.pack || undefined}
        onChange={(value?: string) => onChange({ pack: value ?? '' })}
        options={(packs.data?.items ?? []).map(({ name }) => ({ value: name, label: packName(name) }))}
        placeholder={t('rules.anyPack')}
        aria-label={t('rules.pack')}
        allowClear
      />
      {state.technique && (
        <Tag closable onClose={() => onChange({ technique: '' })}>
          {t('rules.technique')}: <Technique id={state.technique} />
        </Tag>
      )}
      {state.source && (
        <Tag closable onClose={() => onChange({ source: '' })}>
          {t('rules.source')}: {state.source}
        </Tag>
      )}
      {isFiltered && (
        <Button type="link" size="small" onClick={() => onChange(NOTHING)}>
          {t('alerts.clear')}
        </Button>
      )}
    </search>
  );
}
