// SPDX-License-Identifier: Apache-2.0
// What of the university's own was seen in the logs and is in no register: what it is, since when, how much of it,
// who says so, whose it probably is, a form that takes it in, and a way to leave it alone until a date.
import { Button, Segmented, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Unregistered, type UnregisteredKind, useIgnored, useUnregistered } from '../../api/assets-queries';
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
import { eventsPath, list, time, useUrlState } from '../../lib/url-state';
import { AssetTabs } from '../assets/tabs';
import { ENTITY, IgnoredTable, IgnoreForm } from './ignored';
import '../../styles/assets.css';

const KINDS = ['addresses', 'hosts', 'names'] as const satisfies readonly UnregisteredKind[];
const SHOWN = ['open', 'ignored'] as const;
const STATE = {
  from: time('-7d'),
  to: time('now'),
  kind: {
    fallback: 'addresses' as UnregisteredKind,
    parse: (value: string) => KINDS.find((kind) => kind === value),
    print: (value: UnregisteredKind) => value,
  },
  show: list(SHOWN, ['open']),
};

const termOf = (kind: UnregisteredKind, value: string) => {
  if (kind === 'addresses') return kqlTerm('source.ip', value);
  if (kind === 'hosts') return kqlTerm('host.name', value);
  return `${kqlTerm('url.domain', value)} or ${kqlTerm('dns.question.name', value)}`;
};

interface Doing {
  register: (found: Unregistered) => void;
  ignore: (found: Unregistered) => void;
}

function useColumns(kind: UnregisteredKind, range: Range, doing?: Doing) {
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
  if (doing)
    columns.push({
      key: 'do',
      title: '',
      width: 150,
      align: 'end',
      render: (_, found) => (
        <span className="register-actions">
          <Button size="small" onClick={() => doing.ignore(found)} data-testid={`ignore-${found.value}`}>
            {t('unregistered.ignore')}
          </Button>
          <Button size="small" onClick={() => doing.register(found)} data-testid={`register-${found.value}`}>
            {t('unregistered.register')}
          </Button>
        </span>
      ),
    });
  return columns;
}

function OpenTable({ kind, range }: { kind: UnregisteredKind; range: Range }) {
  const { t, i18n } = useTranslation();
  const query = useUnregistered(kind, range);
  const may = useMay('register.change');
  const [taken, setTaken] = useState<Unregistered>();
  const [left, setLeft] = useState<Unregistered>();
  const columns = useColumns(kind, range, may ? { register: setTaken, ignore: setLeft } : undefined);
  const number = (count: number) => formatCount(count, i18n.language);
  return (
    <>
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty
            title={t('unregistered.none')}
            hint={t(query.data?.more ? 'unregistered.noneHintMore' : 'unregistered.noneHint', {
              count: query.data?.looked_at ?? 0,
              looked: number(query.data?.looked_at ?? 0),
            })}
          />
        }
      >
        {({ items, looked_at, ignored, more }) => (
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
                looked: number(looked_at),
              })}{' '}
              {ignored > 0 && t('unregistered.leftOut', { count: ignored, number: number(ignored) })}
            </p>
          </>
        )}
      </Loaded>
      {taken && <AssetForm proposal={taken.register} onClose={() => setTaken(undefined)} />}
      {left && <IgnoreForm kind={kind} value={left.value} onClose={() => setLeft(undefined)} />}
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const ignored = useIgnored(state.kind);
  const show = state.show[0] ?? 'open';
  const count = ignored.data?.items.length ?? 0;
  return (
    <div className="assets">
      <PageHead title={t('assets.title')} hint={t('unregistered.hint')} help="daily-work#assets">
        {show === 'open' && <TimeRange value={state} onChange={change} />}
      </PageHead>
      <AssetTabs />
      <div className="filters">
        <Segmented
          value={state.kind}
          onChange={(kind) => change({ kind })}
          options={KINDS.map((value) => ({ value, label: t(`unregistered.kind.${value}`) }))}
        />
        <Segmented
          value={show}
          onChange={(value) => change({ show: [value] })}
          options={SHOWN.map((value) => ({
            value,
            label: value === 'ignored' && count ? `${t('unregistered.shown.ignored')} ${count}` : t(`unregistered.shown.${value}`),
          }))}
          data-testid="shown"
        />
        <span className="muted">{t(`unregistered.means.${state.kind}`)}</span>
      </div>
      {show === 'ignored' ? (
        <IgnoredTable kind={state.kind} />
      ) : (
        <OpenTable kind={state.kind} range={{ from: state.from, to: state.to }} />
      )}
    </div>
  );
}
