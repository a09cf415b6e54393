// SPDX-License-Identifier: Apache-2.0
// What of the university's own was seen in the logs and is in no register: what it is, since when, how much of it,
// who says so, whose it probably is, and a form that takes it in.
import { Button, Segmented, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Unregistered, type UnregisteredKind, useUnregistered } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { AssetForm } from '../../components/register/asset-form';
import { Time } from '../../components/time';
import { TimeRange } from '../../components/time-range';
import { formatCount } from '../../lib/format';
import { kqlTerm } from '../../lib/kql';
import { entityPath, unitPath } from '../../lib/links';
import type { Range } from '../../lib/time';
import { eventsPath, time, useUrlState } from '../../lib/url-state';
import { AssetTabs } from '../assets/tabs';
import '../../styles/assets.css';

const KINDS = ['addresses', 'hosts', 'names'] as const satisfies readonly UnregisteredKind[];
const STATE = {
  from: time('-7d'),
  to: time('now'),
  kind: {
    fallback: 'addresses' as UnregisteredKind,
    parse: (value: string) => KINDS.find((kind) => kind === value),
    print: (value: UnregisteredKind) => value,
  },
};

const ENTITY = { addresses: 'ip', hosts: 'host', names: 'domain' } as const;

const termOf = (kind: UnregisteredKind, value: string) => {
  if (kind === 'addresses') return kqlTerm('source.ip', value);
  if (kind === 'hosts') return kqlTerm('host.name', value);
  return `${kqlTerm('url.domain', value)} or ${kqlTerm('dns.question.name', value)}`;
};

function useColumns(kind: UnregisteredKind, range: Range, onRegister?: (found: Unregistered) => void) {
  const { t, i18n } = useTranslation();
  const columns: TableColumnsType<Unregistered> = [
    {
      key: 'value',
      title: t(`unregistered.kind.${kind}`),
      render: (_, { value, host, mac }) => (
        <>
          <Link className="mono" to={entityPath(ENTITY[kind], value)}>
            {value}
          </Link>
          {(host || mac) && <div className="muted mono">{[host, mac].filter(Boolean).join(' ')}</div>}
        </>
      ),
    },
    { key: 'first', title: t('unregistered.first'), width: 166, render: (_, { first }) => <Time value={first} /> },
    { key: 'last', title: t('unregistered.last'), width: 166, render: (_, { last }) => <Time value={last} /> },
    {
      key: 'events',
      title: t('unregistered.events'),
      width: 100,
      align: 'end',
      className: 'number',
      render: (_, { value, events }) => (
        <Link to={eventsPath({ ...range, q: termOf(kind, value) })}>{formatCount(events, i18n.language)}</Link>
      ),
    },
    { key: 'datasets', title: t('unregistered.saidBy'), className: 'mono', render: (_, { datasets }) => datasets.join(' ') },
  ];
  if (kind === 'addresses')
    columns.push({
      key: 'unit',
      title: t('unregistered.unit'),
      render: (_, { unit, unit_name, neighbours }) =>
        unit && (
          <>
            <Link to={unitPath(unit)}>{unit_name}</Link>
            <div className="muted">{t('unregistered.neighbours', { count: neighbours ?? 0 })}</div>
          </>
        ),
    });
  if (onRegister)
    columns.push({
      key: 'register',
      title: '',
      width: 90,
      align: 'end',
      render: (_, found) => (
        <Button size="small" onClick={() => onRegister(found)} data-testid={`register-${found.value}`}>
          {t('unregistered.register')}
        </Button>
      ),
    });
  return columns;
}

export function Component() {
  const { t, i18n } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const range = { from: state.from, to: state.to };
  const query = useUnregistered(state.kind, range);
  const may = useMay('register.change');
  const [taken, setTaken] = useState<Unregistered>();
  const columns = useColumns(state.kind, range, may ? setTaken : undefined);
  return (
    <div className="assets">
      <PageHead title={t('assets.title')} hint={t('unregistered.hint')} help="daily-work#assets">
        <TimeRange value={state} onChange={change} />
      </PageHead>
      <AssetTabs />
      <div className="filters">
        <Segmented
          value={state.kind}
          onChange={(kind) => change({ kind })}
          options={KINDS.map((value) => ({ value, label: t(`unregistered.kind.${value}`) }))}
        />
        <span className="muted">{t(`unregistered.means.${state.kind}`)}</span>
      </div>
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty
            title={t('unregistered.none')}
            hint={t('unregistered.noneHint', { count: query.data?.looked_at ?? 0 })}
          />
        }
      >
        {({ items, looked_at, more }) => (
          <>
            <div className="table-box" data-testid="unregistered">
              <Table<Unregistered>
                size="small"
                rowKey="value"
                columns={columns}
                dataSource={items}
                pagination={items.length > 50 ? { pageSize: 50, size: 'small' } : false}
                scroll={{ x: 'max-content' }}
              />
            </div>
            <p className="table-foot muted">
              {t(more ? 'unregistered.lookedAtMore' : 'unregistered.lookedAt', {
                count: items.length,
                looked: formatCount(looked_at, i18n.language),
              })}
            </p>
          </>
        )}
      </Loaded>
      {taken && <AssetForm proposal={taken.register} onClose={() => setTaken(undefined)} />}
    </div>
  );
}
