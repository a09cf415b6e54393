// SPDX-License-Identifier: Apache-2.0
// What the events say of it, each part by itself: a question that takes too long keeps nothing else back, and each
// figure leads to the search it comes from.
import { Table, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useExposure, usePeers, usePorts, useSourcesOf } from '../../api/assets-queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { formatBytes, formatCount } from '../../lib/format';
import { kqlTerm } from '../../lib/kql';
import { entityPath } from '../../lib/links';
import type { Range } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';
import { Traffic } from './traffic';

interface Profile {
  from: string;
  to: string;
  q: string;
  partial: boolean;
  inside_known: boolean;
}

type Part<T> = Profile & { items: T[] };
interface Asked<T> {
  data: Part<T> | undefined;
  error: unknown;
  refetch: () => unknown;
}

export const searchOf = ({ from, to, q }: Profile, term = '') =>
  eventsPath({ from, to, q: term && q ? `(${q}) and ${term}` : q || term });

/** Nothing was found: either the asset has nothing to be found by, or nothing happened. */
export function NothingSaid({ part, text }: { part: Profile; text: string }) {
  const { t } = useTranslation();
  return <p className="muted panel-empty">{part.q ? text : t('asset.nothingToFind')}</p>;
}

interface PartProps<T> {
  title: string;
  hint: string;
  none: string;
  query: Asked<T>;
  testId: string;
  children: (part: Part<T>) => ReactNode;
}

export function ProfilePart<T>({ title, hint, none, query, testId, children }: PartProps<T>) {
  const { t } = useTranslation();
  const { data } = query;
  return (
    <Panel
      title={title}
      extra={
        <span className="register-actions" data-testid={testId}>
          <span className="muted">{hint}</span>
          {data?.q && <Link to={searchOf(data)}>{t('asset.search')}</Link>}
        </span>
      }
    >
      <Loaded
        query={query}
        rows={4}
        isEmpty={({ items }) => items.length === 0}
        empty={data && <NothingSaid part={data} text={none} />}
      >
        {children}
      </Loaded>
    </Panel>
  );
}

function useCount() {
  const { i18n } = useTranslation();
  return (value: number) => formatCount(value, i18n.language);
}

type Row<A> = A extends { items: (infer R)[] } ? R : never;
type Door = Row<NonNullable<ReturnType<typeof useExposure>['data']>>;
type Port = Row<NonNullable<ReturnType<typeof usePorts>['data']>>;
type Peer = Row<NonNullable<ReturnType<typeof usePeers>['data']>>;
type Source = Row<NonNullable<ReturnType<typeof useSourcesOf>['data']>>;

const portTerm = ({ port, transport }: Port) =>
  [
    port ? kqlTerm('destination.port', port) : 'not destination.port: *',
    transport ? kqlTerm('network.transport', transport) : 'not network.transport: *',
  ].join(' and ');

function usePortColumns<T extends Port>(part: Part<T> | undefined): TableColumnsType<T> {
  const { t } = useTranslation();
  const count = useCount();
  const link = (row: T, text: ReactNode) => (part ? <Link to={searchOf(part, portTerm(row))}>{text}</Link> : text);
  return [
    {
      key: 'port',
      title: t('asset.port'),
      render: (_, row) => link(row, row.port ? <span className="mono">{[row.port, row.transport].filter(Boolean).join('/')}</span> : t('asset.webLog')),
    },
    { key: 'events', title: t('asset.times'), align: 'end', className: 'number', render: (_, row) => link(row, count(row.events)) },
    { key: 'peers', title: t('asset.askers'), align: 'end', className: 'number', render: (_, { peers }) => count(peers) },
    { key: 'last', title: t('asset.last'), render: (_, { last }) => <Time value={last} /> },
  ];
}

const keyOf = ({ port, transport }: Port) => `${port}/${transport}`;

function Exposure({ id, range }: { id: number; range: Range }) {
  const { t } = useTranslation();
  const count = useCount();
  const query = useExposure(id, range);
  const columns = usePortColumns<Door>(query.data);
  const [port, events, ...rest] = columns;
  const refused = {
    key: 'refused',
    title: t('asset.refused'),
    align: 'end' as const,
    className: 'number',
    render: (_: unknown, row: Door) => count(row.refused),
  };
  const who = { key: 'datasets', title: t('asset.saidBy'), className: 'mono', render: (_: unknown, row: Door) => row.datasets.join(' ') };
  return (
    <ProfilePart title={t('asset.exposure')} hint={t('asset.exposureHint')} none={t('asset.noExposure')} query={query} testId="exposure">
      {(part) => (
        <>
          {!part.inside_known && <p className="muted register-note">{t('asset.insideUnknown')}</p>}
          <Table<Door>
            size="small"
            rowKey={keyOf}
            columns={[...(port ? [port] : []), ...(events ? [events] : []), refused, ...rest, who]}
            dataSource={part.items}
            pagination={false}
            scroll={{ x: 'max-content' }}
          />
        </>
      )}
    </ProfilePart>
  );
}

function Ports({ id, range }: { id: number; range: Range }) {
  const { t } = useTranslation();
  const query = usePorts(id, range);
  const columns = usePortColumns<Port>(query.data);
  return (
    <ProfilePart title={t('asset.ports')} hint={t('asset.portsHint')} none={t('asset.noPorts')} query={query} testId="ports">
      {({ items }) => (
        <Table<Port> size="small" rowKey={keyOf} columns={columns} dataSource={items} pagination={false} scroll={{ x: 'max-content' }} />
      )}
    </ProfilePart>
  );
}

const peerTerm = ({ address }: Peer) => `(${kqlTerm('source.ip', address)} or ${kqlTerm('destination.ip', address)})`;

function Peers({ id, range }: { id: number; range: Range }) {
  const { t, i18n } = useTranslation();
  const count = useCount();
  const query = usePeers(id, range);
  const { data } = query;
  const columns: TableColumnsType<Peer> = [
    {
      key: 'address',
      title: t('asset.peer'),
      render: (_, { address }) => (
        <Link className="mono" to={entityPath('ip', address)}>
          {address}
        </Link>
      ),
    },
    { key: 'asset', title: t('asset.peerIs'), ellipsis: true, render: (_, { asset, country }) => asset || country },
    {
      key: 'events',
      title: t('asset.times'),
      align: 'end',
      className: 'number',
      render: (_, row) => (data ? <Link to={searchOf(data, peerTerm(row))}>{count(row.events)}</Link> : null),
    },
    { key: 'bytes', title: t('asset.bytes'), align: 'end', className: 'number', render: (_, { bytes }) => (bytes ? formatBytes(bytes, i18n.language) : '–') },
    { key: 'last', title: t('asset.last'), render: (_, { last }) => <Time value={last} /> },
  ];
  return (
    <ProfilePart title={t('asset.peers')} hint={t('asset.peersHint')} none={t('asset.noPeers')} query={query} testId="peers">
      {({ items }) => (
        <Table<Peer> size="small" rowKey="address" columns={columns} dataSource={items.slice(0, 12)} pagination={false} scroll={{ x: 'max-content' }} />
      )}
    </ProfilePart>
  );
}

const SILENT_MS = 86_400_000;

function Sources({ id, range }: { id: number; range: Range }) {
  const { t } = useTranslation();
  const count = useCount();
  const query = useSourcesOf(id, range);
  const { data } = query;
  const columns: TableColumnsType<Source> = [
    { key: 'dataset', title: t('asset.dataset'), className: 'mono', render: (_, { dataset, observer }) => [dataset || '?', observer].filter(Boolean).join(' @ ') },
    { key: 'own', title: t('asset.saidBy'), render: (_, { own }) => t(own > 0 ? 'asset.itself' : 'asset.others') },
    {
      key: 'events',
      title: t('asset.times'),
      align: 'end',
      className: 'number',
      render: (_, row) => (data ? <Link to={searchOf(data, kqlTerm('event.dataset', row.dataset))}>{count(row.events)}</Link> : null),
    },
    {
      key: 'last',
      title: t('asset.last'),
      render: (_, { last }) => (
        <>
          <Time value={last} /> {Date.parse(last) < Date.now() - SILENT_MS && <span className="life life-zombie">{t('asset.silent')}</span>}
        </>
      ),
    },
  ];
  return (
    <ProfilePart title={t('asset.sources')} hint={t('asset.sourcesHint')} none={t('asset.noSources')} query={query} testId="sources">
      {({ items }) => (
        <Table<Source>
          size="small"
          rowKey={({ dataset, observer }) => `${dataset}@${observer}`}
          columns={columns}
          dataSource={items}
          pagination={items.length > 12 ? { pageSize: 12, size: 'small' } : false}
          scroll={{ x: 'max-content' }}
        />
      )}
    </ProfilePart>
  );
}

export function Network({ id, range }: { id: number; range: Range }) {
  return (
    <>
      <Exposure id={id} range={range} />
      <Traffic id={id} range={range} />
      <div className="asset-two">
        <Peers id={id} range={range} />
        <Ports id={id} range={range} />
      </div>
      <Sources id={id} range={range} />
    </>
  );
}
