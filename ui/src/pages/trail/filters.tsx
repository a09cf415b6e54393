// SPDX-License-Identifier: Apache-2.0
import { Button, Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TRAIL_GROUPS, TRAIL_OUTCOMES, type TrailGroup } from '../../lib/trail';
import type { TrailState } from '../../lib/url-state';
import { useTrailNames } from './names';

interface Props {
  state: TrailState;
  onChange: (part: Partial<TrailState>) => void;
}

const NOTHING: Partial<TrailState> = { user: '', action: '', outcome: '', q: '' };

interface TextProps {
  value: string;
  label: string;
  className: string;
  onChange: (text: string) => void;
}

function TextFilter({ value, label, className, onChange }: TextProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <Input.Search
      className={className}
      value={typed}
      maxLength={200}
      allowClear
      placeholder={label}
      aria-label={label}
      onChange={(event) => setTyped(event.target.value)}
      onSearch={(text) => onChange(text.trim())}
    />
  );
}

interface Option {
  value: string;
  label: string;
}

interface ChoiceProps {
  value: string;
  label: string;
  options: readonly (Option | { label: string; options: readonly Option[] })[];
  onChange: (value: string) => void;
}

function Choice({ value, label, options, onChange }: ChoiceProps) {
  return (
    <Select
      className="filter-trail"
      value={value || undefined}
      options={options.map((option) => ('options' in option ? { ...option, options: [...option.options] } : option))}
      placeholder={label}
      aria-label={label}
      showSearch={{ optionFilterProp: 'label' }}
      allowClear
      onChange={(chosen: string | undefined) => onChange(chosen ?? '')}
    />
  );
}

/** What auditors look for most. */
const QUICK = {
  refused: { outcome: 'refused' },
  login: { action: 'login' },
  export: { action: 'export' },
  account: { action: 'user.add' },
  override: { action: 'override' },
} as const satisfies Record<string, Partial<TrailState>>;

export function TrailQuick({ state, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <fieldset className="range trail-quick" aria-label={t('trail.quickLabel')}>
      {(Object.keys(QUICK) as (keyof typeof QUICK)[]).map((name) => {
        const wanted: Partial<TrailState> = { ...NOTHING, ...QUICK[name] };
        const chosen = (Object.keys(NOTHING) as (keyof TrailState)[]).every((key) => state[key] === wanted[key]);
        return (
          <Button
            key={name}
            size="small"
            type={chosen ? 'primary' : 'default'}
            aria-pressed={chosen}
            onClick={() => onChange(chosen ? NOTHING : wanted)}
            data-testid={`quick-${name}`}
          >
            {t(`trail.quick.${name}`)}
          </Button>
        );
      })}
    </fieldset>
  );
}

export function TrailFilters({ state, onChange }: Props) {
  const { t } = useTranslation();
  const names = useTrailNames();
  const { user, action, outcome, q } = state;
  return (
    <search className="filters">
      <TextFilter
        className="filter-trail"
        value={user}
        label={t('trail.user')}
        onChange={(text) => onChange({ user: text })}
      />
      <Choice
        value={action}
        label={t('trail.actionLabel')}
        options={(Object.keys(TRAIL_GROUPS) as TrailGroup[]).map((group) => ({
          label: t(`trail.group.${group}`),
          options: TRAIL_GROUPS[group].map((value) => ({ value, label: names.action(value) })),
        }))}
        onChange={(value) => onChange({ action: value })}
      />
      <Choice
        value={outcome}
        label={t('trail.outcomeLabel')}
        options={TRAIL_OUTCOMES.map((value) => ({ value, label: names.outcome(value) }))}
        onChange={(value) => onChange({ outcome: value })}
      />
      <TextFilter
        className="filter-text"
        value={q}
        label={t('trail.search')}
        onChange={(text) => onChange({ q: text })}
      />
      {(user || action || outcome || q) && (
        <Button type="link" size="small" onClick={() => onChange(NOTHING)}>
          {t('alerts.clear')}
        </Button>
      )}
    </search>
  );
}
