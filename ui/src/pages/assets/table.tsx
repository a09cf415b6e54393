// SPDX-License-Identifier: Apache-2.0
import { Button, Table, type TableColumnsType } from 'antd';
import { type ReactNode, type UIEvent, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { LifeTag } from '../../components/register/asset-tags';
import { assetPath, unitPath } from '../../lib/links';
import type { Asset } from '../../lib/register';
import { useSize } from '../../lib/use-size';

const HEAD_HEIGHT = 33;
const NEAR_END_PX = 600;
const MIN_WIDTH = 866;

/** By what it is found, the first of each kind, and how many more. */
export function Identifiers({ asset, max = 2 }: { asset: Asset; max?: number }) {
  const all = [...asset.addresses, ...asset.hosts, ...asset.domains, ...asset.urls, ...asset.macs];
  return (
    <span className="mono" title={all.join('\n')}>
      {all.slice(0, max).join(' ')}
      {all.length > max && <span className="muted"> +{all.length - max}</span>}
    </span>
  );
}

function useColumns(query: string, width: number): TableColumnsType<Asset> {
  const { t } = useTranslation();
  return useMemo(() => {
    const spare = Math.max(0, width - MIN_WIDTH);
    return [
      {
        key: 'name',
        title: t('register.member.name'),
        width: 180 + spare * 0.45,
        ellipsis: true,
        render: (_, { id, name }) => <Link to={assetPath(id) + query}>{name}</Link>,
      },
      { key: 'kind', title: t('register.member.kind'), width: 88, render: (_, { kind }) => t(`register.kind.${kind}`) },
      {
        key: 'identifiers',
        title: t('assets.identifiers'),
        width: 152 + spare * 0.35,
        ellipsis: true,
        render: (_, asset) => <Identifiers asset={asset} />,
      },
      {
        key: 'unit',
        title: t('register.unit'),
        width: 120 + spare * 0.2,
        ellipsis: true,
        render: (_, { unit, unit_name }) => (unit ? <Link to={unitPath(unit)}>{unit_name}</Link> : null),
      },
      {
        key: 'criticality',
        title: t('register.member.criticality'),
        width: 88,
        render: (_, { criticality }) => criticality && t(`register.criticality.${criticality}`),
      },
      {
        key: 'mlps',
        title: t('assets.mlps'),
        width: 66,
        render: (_, { mlps_level }) => mlps_level > 0 && t(`register.mlps.${mlps_level}` as 'register.mlps.1'),
      },
      {
        key: 'exposure',
        title: t('register.member.exposure'),
        width: 88,
        render: (_, { exposure }) => exposure && t(`register.exposure.${exposure}`),
      },
      { key: 'life', title: t('register.member.life'), width: 84, render: (_, { life }) => <LifeTag life={life} /> },
    ];
  }, [t, query, width]);
}

interface Props {
  assets: readonly Asset[];
  loading: boolean;
  /** Appended to what leads to one of them: the time that is looked at. */
  query: string;
  empty: ReactNode;
  footer: ReactNode;
  onMore?: () => void;
  loadingMore: boolean;
}

export function AssetTable({ assets, loading, query, empty, footer, onMore, loadingMore }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [box, { width, height }] = useSize<HTMLDivElement>();
  const columns = useColumns(query, width);
  const scrolled = ({ currentTarget }: UIEvent<HTMLDivElement>) => {
    const { scrollHeight, scrollTop, clientHeight } = currentTarget;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) onMore?.();
  };
  return (
    <>
      <div ref={box} className="table-box table-fill" data-testid="assets">
        {height > 0 && (
          <Table<Asset>
            virtual
            size="small"
            rowKey="id"
            columns={columns}
            dataSource={assets}
            loading={loading}
            pagination={false}
            scroll={{ x: Math.max(MIN_WIDTH, width), y: height - HEAD_HEIGHT }}
            onScroll={scrolled}
            locale={{ emptyText: empty }}
            rowClassName="row"
            onRow={({ id }) => ({ onDoubleClick: () => navigate(assetPath(id) + query) })}
          />
        )}
      </div>
      <div className="table-foot muted">
        {footer}
        {onMore && (
          <Button type="link" size="small" onClick={onMore} loading={loadingMore}>
            {t('common.more')}
          </Button>
        )}
      </div>
    </>
  );
}
