// SPDX-License-Identifier: Apache-2.0
import { Button, Input, Select, TreeSelect } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type IncidentStatus, useAssignees, useCategories, useUnits } from '../../api/incidents-queries';
import { useMay, useSession } from '../../api/queries';
import { INCIDENT_STATES, type IncidentsState, LEVEL_NAMES } from '../../lib/incident-state';

interface Props {
  state: IncidentsState;
  onChange: (part: Partial<IncidentsState>) => void;
}

const NOTHING: Partial<IncidentsState> = {
  q: '',
  status: [],
  level: [],
  assignee: '',
  unit: '',
  category: '',
  overdue: undefined,
  drill: undefined,
};

const isFiltered = ({ sort: _, ...state }: IncidentsState) =>
  Object.values(state).some((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value ?? '')));

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
      placeholder={t('incidents.search')}
      aria-label={t('incidents.search')}
      onChange={(event) => setTyped(event.target.value)}
      onSearch={(q) => onChange(q.trim())}
    />
  );
}

/** A filter with one value of a few, or none. */
function One({
  value,
  options,
  label,
  onChange,
}: {
  value: string;
  options: { value: string; label: string }[];
  label: string;
  onChange: (value: string) => void;
}) {
  return (
    <Select
      className="filter-one"
      value={value || undefined}
      options={options}
      placeholder={label}
      aria-label={label}
      showSearch={{ optionFilterProp: 'label' }}
      allowClear
      popupMatchSelectWidth={false}
      onChange={(chosen?: string) => onChange(chosen ?? '')}
    />
  );
}

export function useCategoryName(): (code: string | undefined) => string {
  const { i18n } = useTranslation();
  const { data } = useCategories();
  return (code) => {
    const found = data?.categories.find((category) => category.code === code);
    return found ? (i18n.language === 'zh-CN' ? found.name_zh : found.name) : (code ?? '');
  };
}

/** The categories as a tree, for choosing one. */
export function useCategoryTree() {
  const { data } = useCategories();
  const nameOf = useCategoryName();
  const item = (code: string) => ({ value: code, title: nameOf(code) });
  const categories = data?.categories ?? [];
  return categories
    .filter(({ parent }) => !parent)
    .map(({ code }) => ({
      ...item(code),
      children: categories.filter(({ parent }) => parent === code).map((kind) => item(kind.code)),
    }));
}

function Who({ state, onChange }: Props) {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const { data } = useAssignees(useMay('incident.change'));
  const me = session?.username ?? '';
  const others = (data?.items ?? []).filter(({ name }) => name !== me);
  const options = [
    { value: me, label: t('incidents.mine') },
    { value: '-', label: t('incidents.nobody') },
    ...others.map(({ name }) => ({ value: name, label: name })),
  ];
  return (
    <One
      value={state.assignee}
      options={options}
      label={t('incidents.assignee')}
      onChange={(assignee) => onChange({ assignee })}
    />
  );
}

function Unit({ state, onChange }: Props) {
  const { t } = useTranslation();
  const { data } = useUnits(useMay('register.read'));
  const options = (data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
  return (
    <One
      value={state.unit}
      options={options}
      label={t('incidents.unit')}
      onChange={(unit) => onChange({ unit })}
    />
  );
}

export function IncidentFilters({ state, onChange }: Props) {
  const { t } = useTranslation();
  const tree = useCategoryTree();
  const drill = state.drill === undefined ? '' : String(state.drill);
  return (
    <search className="filters">
      <TextFilter value={state.q} onChange={(q) => onChange({ q })} />
      <Select<IncidentStatus[]>
        mode="multiple"
        className="filter-few"
        value={[...state.status]}
        onChange={(status) => onChange({ status })}
        options={INCIDENT_STATES.map((value) => ({ value, label: t(`incident.status.${value}`) }))}
        placeholder={t('incidents.openOnes')}
        aria-label={t('incidents.status')}
        maxTagCount="responsive"
        allowClear
      />
      <Select<string[]>
        mode="multiple"
        className="filter-few"
        value={[...state.level]}
        onChange={(level) => onChange({ level })}
        options={LEVEL_NAMES.map((value) => ({ value, label: t(`incident.grade.${value}`) }))}
        placeholder={t('incidents.anyLevel')}
        aria-label={t('incidents.level')}
        maxTagCount="responsive"
        allowClear
      />
      <TreeSelect
        className="filter-one"
        value={state.category || undefined}
        treeData={tree}
        placeholder={t('incidents.category')}
        aria-label={t('incidents.category')}
        showSearch={{ treeNodeFilterProp: 'title' }}
        allowClear
        popupMatchSelectWidth={false}
        onChange={(category?: string) => onChange({ category: category ?? '' })}
      />
      <Unit state={state} onChange={onChange} />
      <Who state={state} onChange={onChange} />
      <One
        value={drill}
        options={[
          { value: 'false', label: t('alerts.drillReal') },
          { value: 'true', label: t('alerts.drillOnly') },
        ]}
        label={t('alerts.drillAll')}
        onChange={(value) => onChange({ drill: value === '' ? undefined : value === 'true' })}
      />
      <Select
        className="filter-one"
        value={state.sort}
        options={[
          { value: 'urgent', label: t('incidents.urgentFirst') },
          { value: 'newest', label: t('incidents.newestFirst') },
        ]}
        aria-label={t('incidents.sort')}
        onChange={(sort) => onChange({ sort })}
      />
      {isFiltered(state) && (
        <Button type="link" size="small" onClick={() => onChange(NOTHING)}>
          {t('alerts.clear')}
        </Button>
      )}
    </search>
  );
}
