// SPDX-License-Identifier: Apache-2.0
// What units were told to mend: who has to act, until when.
import { Button, Input, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUnits } from '../../api/incidents-queries';
import { useMay } from '../../api/queries';
import { RECTIFICATION_STATES, type RectificationState, useRectifications } from '../../api/rectifications-queries';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { RectificationTable } from '../../components/rectification-table';
import { flag, list, text, useUrlState } from '../../lib/url-state';
import '../../styles/incidents.css';

const STATE = { q: text(), state: list<RectificationState>(RECTIFICATION_STATES), unit: text(), overdue: flag };

/** Whom it lies with, as filters. */
const TURNS = {
  centre: ['draft', 'reported'],
  unit: ['sent', 'confirmed', 'returned'],
  done: ['accepted', 'withdrawn'],
} as const satisfies Record<string, readonly RectificationState[]>;

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((each) => b.includes(each));

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const [typed, setTyped] = useState(state.q);
  useEffect(() => setTyped(state.q), [state.q]);
  const { data: units } = useUnits(useMay('register.read'));
  const query = useRectifications({
    q: state.q || undefined,
    state: state.state.join(',') || undefined,
    unit: Number(state.unit) || undefined,
    overdue: state.overdue,
  });
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const filtered = Boolean(state.q || state.state.length || state.unit || state.overdue);
  return (
    <>
      <PageHead title={t('rectification.title')} hint={t('rectification.hint')} help="daily-work#rectifications" />
      <fieldset className="counts" aria-label={t('rectification.turns')}>
        {(['centre', 'unit', 'done'] as const).map((turn) => {
          const on = same(state.state, TURNS[turn]);
          return (
            <button
              key={turn}
              type="button"
              className="count"
              aria-pressed={on}
              onClick={() => change({ state: on ? [] : TURNS[turn] })}
              data-testid={`turn-${turn}`}
            >
              {t(`rectification.turn.${turn}`)}
            </button>
          );
        })}
        <button
          type="button"
          className="count"
          aria-pressed={state.overdue === true}
          onClick={() => change({ overdue: state.overdue ? undefined : true })}
        >
          {t('rectification.overdue')}
        </button>
      </fieldset>
      <search className="filters">
        <Input.Search
          className="filter-text"
          value={typed}
          maxLength={200}
          allowClear
          placeholder={t('rectification.search')}
          aria-label={t('rectification.search')}
          onChange={(event) => setTyped(event.target.value)}
          onSearch={(q) => change({ q: q.trim() })}
        />
        <Select<RectificationState[]>
          mode="multiple"
          className="filter-few"
          value={[...state.state]}
          onChange={(chosen) => change({ state: chosen })}
          options={RECTIFICATION_STATES.map((value) => ({ value, label: t(`rectification.state.${value}`) }))}
          placeholder={t('rectification.anyState')}
          aria-label={t('incidents.status')}
          maxTagCount="responsive"
          allowClear
        />
        <Select
          className="filter-one"
          value={state.unit || undefined}
          options={units?.items.map(({ id, name }) => ({ value: String(id), label: name }))}
          placeholder={t('incidents.unit')}
          aria-label={t('incidents.unit')}
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          popupMatchSelectWidth={false}
          onChange={(unit?: string) => change({ unit: unit ?? '' })}
        />
        {filtered && (
          <Button type="link" size="small" onClick={() => change({ q: '', state: [], unit: '', overdue: undefined })}>
            {t('alerts.clear')}
          </Button>
        )}
      </search>
      {query.error && <ErrorNotice error={query.error} onRetry={query.refetch} />}
      <RectificationTable
        rows={rows}
        loading={query.isPending}
        empty={
          <Empty
            title={t(filtered ? 'rectification.noneFound' : 'rectification.none')}
            hint={t(filtered ? 'incidents.noneFoundHint' : 'rectification.noneHint')}
          />
        }
      />
      {query.hasNextPage && (
        <Button block type="text" onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}
