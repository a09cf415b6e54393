// SPDX-License-Identifier: Apache-2.0
// Who had its addresses when, as DHCP, RADIUS and the like say: a machine behind an address is not always the same.
import { Segmented, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useHolders, type WhoSpan } from '../../api/assets-queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { kqlTerm } from '../../lib/kql';
import { entityPath } from '../../lib/links';
import { type Asset, singleAddresses } from '../../lib/register';
import type { Range } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';

const ASKED = 12;

function useColumns(): TableColumnsType<WhoSpan> {
  const { t, i18n } = useTranslation();
  return [
    { key: 'from', title: t('register.validFrom'), render: (_, { from }) => (from ? <Time value={from} /> : t('asset.beforeKnown')) },
    {
      key: 'until',
      title: t('register.validTo'),
      render: (_, { until, ended }) => (ended === 'no' || !until ? t(`asset.ended.${ended}`) : <><Time value={until} /> <span className="muted">{t(`asset.ended.${ended}`)}</span></>),
    },
    { key: 'address', title: t('register.member.addresses'), render: (_, { address }) => address && <Link className="mono" to={entityPath('ip', address)}>{address}</Link> },
    { key: 'mac', title: 'MAC', className: 'mono', render: (_, { mac }) => mac },
    { key: 'host', title: t('register.member.hosts'), render: (_, { host }) => host && <Link className="mono" to={entityPath('host', host)}>{host}</Link> },
    { key: 'user', title: t('asset.user'), render: (_, { user }) => user && <Link className="mono" to={entityPath('user', user)}>{user}</Link> },
    { key: 'dataset', title: t('asset.saidBy'), className: 'mono', render: (_, { dataset, observer }) => [dataset, observer].filter(Boolean).join(' @ ') },
    {
      key: 'records',
      title: t('asset.records'),
      align: 'end',
      className: 'number',
      render: (_, { records, evidence }) => {
        const q = evidence.map((seq) => kqlTerm('seq', seq)).join(' or ');
        return q ? <Link to={eventsPath({ from: '-30d', to: 'now', q })}>{formatCount(records, i18n.language)}</Link> : records;
      },
    },
  ];
}

function Holders({ what, range }: { what: string; range: Range }) {
  const { t } = useTranslation();
  const query = useHolders(what, range);
  const columns = useColumns();
  return (
    <Loaded
      query={query}
      isEmpty={({ holders }) => holders.length === 0}
      empty={<p className="muted panel-empty">{t('asset.noHolders')}</p>}
    >
      {({ holders, shared, truncated }) => (
        <>
          {shared && <p className="muted register-note">{t('asset.shared')}</p>}
          <Table<WhoSpan>
            size="small"
            rowKey={({ from, address, mac, user }) => `${from}-${address}-${mac}-${user}`}
            columns={columns}
            dataSource={[...holders].reverse()}
            pagination={holders.length > 50 ? { pageSize: 50, size: 'small' } : false}
            scroll={{ x: 'max-content' }}
          />
          {truncated && <p className="muted">{t('asset.truncated')}</p>}
        </>
      )}
    </Loaded>
  );
}

interface Props {
  asset: Asset;
  chosen: string | undefined;
  onChoose: (what: string) => void;
  range: Range;
}

export function Addresses({ asset, chosen, onChoose, range }: Props) {
  const { t } = useTranslation();
  const names = [...singleAddresses(asset), ...asset.macs, ...asset.hosts];
  const what = names.find((name) => name === chosen) ?? names[0];
  return (
    <Panel title={t('asset.addressHistory')} extra={<span className="muted">{t('asset.addressHistoryHint')}</span>}>
      {names.length > 1 && (
        <Segmented className="asset-names mono" value={what} onChange={onChoose} options={names.slice(0, ASKED)} />
      )}
      {what === undefined ? (
        <p className="muted panel-empty">{t('asset.noSingle')}</p>
      ) : (
        <Holders what={what} range={range} />
      )}
    </Panel>
  );
}
