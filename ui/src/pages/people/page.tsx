// SPDX-License-Identifier: Apache-2.0
// The people of the register. Telephone numbers are on the page of each, where somebody looks who wants to call.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { usePeople } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { AsOf, AsOfNotice } from '../../components/register/as-of';
import { PersonForm } from '../../components/register/person-form';
import { UnitSelect } from '../../components/register/unit-select';
import { WordsFilter } from '../../components/register/words-filter';
import { personPath, unitPath } from '../../lib/links';
import { isNow, type Person } from '../../lib/register';
import { printState, text, useUrlState } from '../../lib/url-state';
import { VIEW_STATE } from '../assets/state';
import '../../styles/assets.css';

const STATE = { ...VIEW_STATE, q: text(), unit: text() };

function useColumns(query: string): TableColumnsType<Person> {
  const { t } = useTranslation();
  return [
    { key: 'name', title: t('people.name'), width: 180, render: (_, { id, name }) => <Link to={personPath(id) + query}>{name}</Link> },
    { key: 'number', title: t('register.member.number'), width: 140, className: 'mono', dataIndex: 'number' },
    { key: 'unit', title: t('register.unit'), render: (_, { unit, unit_name }) => unit && <Link to={unitPath(unit)}>{unit_name}</Link> },
    { key: 'mail', title: t('register.member.mail'), render: (_, { mail }) => mail && <a href={`mailto:${encodeURIComponent(mail)}`}>{mail}</a> },
  ];
}

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const may = useMay('register.change');
  const [adding, setAdding] = useState(false);
  const view = { at: state.at, known: state.known };
  const { data, error, refetch, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = usePeople(
    state.q,
    state.unit,
    view,
  );
  const people = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const time = printState(VIEW_STATE, view).toString();
  const columns = useColumns(time ? `?${time}` : '');
  return (
    <>
      <PageHead title={t('people.title')} hint={t('people.hint')} help="daily-work#assets">
        <AsOf view={state} onChange={change} />
        {may && isNow(state) && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="add-person">
            {t('people.add')}
          </Button>
        )}
      </PageHead>
      <AsOfNotice view={state} onChange={change} />
      <WordsFilter
        words={state.q}
        onWords={(q) => change({ q })}
        placeholder={t('people.search')}
        onClear={state.q || state.unit ? () => change({ q: '', unit: '' }) : undefined}
        testId="people-search"
      >
        <UnitSelect
          className="people-unit"
          value={Number(state.unit) || null}
          onChange={(unit) => change({ unit: unit ? String(unit) : '' })}
          placeholder={t('people.anyUnit')}
        />
      </WordsFilter>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <div className="table-box" data-testid="people">
        <Table<Person>
          size="small"
          rowKey="id"
          columns={columns}
          dataSource={people}
          loading={isPending}
          pagination={false}
          tableLayout="fixed"
          locale={{ emptyText: t(state.q || state.unit ? 'assets.noneFiltered' : 'people.none') }}
        />
        {hasNextPage && (
          <Button block type="text" onClick={() => fetchNextPage()} loading={isFetchingNextPage}>
            {t('common.more')}
          </Button>
        )}
      </div>
      {adding && <PersonForm unit={Number(state.unit) || undefined} onClose={() => setAdding(false)} />}
    </>
  );
}
