// SPDX-License-Identifier: Apache-2.0
// Assets in service of which nothing was seen for a time. Nothing is claimed of a time that was not watched.
import { Button, Segmented, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useChangeAsset, useZombies } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { useDone } from '../../components/use-done';
import { formatCount } from '../../lib/format';
import { assetPath, unitPath } from '../../lib/links';
import type { Asset } from '../../lib/register';
import { localTime } from '../../lib/time';
import { text, useUrlState } from '../../lib/url-state';
import { Identifiers } from '../assets/table';
import { AssetTabs } from '../assets/tabs';
import '../../styles/assets.css';

const DAYS = ['7', '30', '90', '180', '365'] as const;
const STATE = { days: text('90') };

function useMark() {
  const { t } = useTranslation();
  const change = useChangeAsset();
  const { done, failed } = useDone();
  return ({ id, version, name }: Asset) => {
    const back = (newVersion: number) => () =>
      change.mutateAsync({ id, version: newVersion, body: { life: 'in_service' } });
    change.mutate(
      { id, version, body: { life: 'zombie' } },
      { onSuccess: (saved) => done(t('zombies.marked', { name }), back(saved.version)), onError: failed },
    );
  };
}

function useColumns(): TableColumnsType<Asset> {
  const { t } = useTranslation();
  const may = useMay('register.change');
  const mark = useMark();
  return [
    { key: 'name', title: t('register.member.name'), render: (_, { id, name }) => <Link to={assetPath(id)}>{name}</Link> },
    { key: 'kind', title: t('register.member.kind'), render: (_, { kind }) => t(`register.kind.${kind}`) },
    { key: 'identifiers', title: t('assets.identifiers'), render: (_, asset) => <Identifiers asset={asset} /> },
    { key: 'unit', title: t('register.unit'), render: (_, { unit, unit_name }) => unit && <Link to={unitPath(unit)}>{unit_name}</Link> },
    {
      key: 'criticality',
      title: t('register.member.criticality'),
      render: (_, { criticality }) => criticality && t(`register.criticality.${criticality}`),
    },
    {
      key: 'mark',
      title: '',
      align: 'end',
      render: (_, asset) =>
        may && (
          <Button size="small" onClick={() => mark(asset)} data-testid={`mark-${asset.id}`}>
            {t('zombies.mark')}
          </Button>
        ),
    },
  ];
}

export function Component() {
  const { t, i18n } = useTranslation();
  const [{ days }, change] = useUrlState(STATE);
  const query = useZombies(Number(days) || 90);
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const columns = useColumns();
  const first = data?.pages[0];
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const watched = first?.watched_days ?? 0;
  const unchecked = data?.pages.some((page) => !page.destinations_checked);
  return (
    <div className="assets">
      <PageHead title={t('assets.title')} hint={t('zombies.hint')} help="daily-work#assets" />
      <AssetTabs />
      <div className="filters">
        <Segmented
          value={days}
          onChange={(value) => change({ days: value })}
          options={DAYS.map((value) => ({ value, label: t('zombies.days', { count: Number(value) }) }))}
        />
        {first?.watched_from && (
          <span className="muted">
            {t('zombies.watched', { count: watched, from: localTime(first.watched_from).slice(0, 10) })}
          </span>
        )}
      </div>
      <Loaded
        query={query}
        isEmpty={() => items.length === 0}
        empty={
          watched < Number(days) ? (
            <Empty title={t('zombies.tooEarly')} hint={t('zombies.tooEarlyHint', { watched, days })} />
          ) : (
            <Empty title={t('zombies.none')} hint={t('zombies.noneHint')} />
          )
        }
      >
        {() => (
          <>
            {unchecked && <p className="muted register-note">{t('zombies.unchecked')}</p>}
            <div className="table-box" data-testid="zombies">
              <Table<Asset>
                size="small"
                rowKey="id"
                columns={columns}
                dataSource={items}
                pagination={items.length > 100 ? { pageSize: 100, size: 'small' } : false}
                scroll={{ x: 'max-content' }}
              />
            </div>
          </>
        )}
      </Loaded>
      {hasNextPage && watched >= Number(days) && (
        <p className="table-foot">
          <Button size="small" onClick={() => fetchNextPage()} loading={isFetchingNextPage}>
            {t('zombies.more', { count: 500, shown: formatCount(items.length, i18n.language) })}
          </Button>
        </p>
      )}
    </div>
  );
}
