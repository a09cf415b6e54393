// SPDX-License-Identifier: Apache-2.0
// The register of assets: the units at the left, what belongs to them at the right. All of it is in the address.
import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAssetCounts, useAssets } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { SavedViews } from '../../components/saved-views';
import { AsOf, AsOfNotice } from '../../components/register/as-of';
import { AssetForm } from '../../components/register/asset-form';
import { formatCount } from '../../lib/format';
import { isNow } from '../../lib/register';
import { printState, useUrlState } from '../../lib/url-state';
import { AssetFilters } from './filters';
import { ASSETS_STATE, type AssetsState, VIEW_STATE } from './state';
import { AssetTable } from './table';
import { AssetTabs } from './tabs';
import { UnitTree } from './unit-tree';
import '../../styles/assets.css';

const isFiltered = ({ unit, kind, life, exposure, criticality, mlps, q }: AssetsState) =>
  unit !== '' || q !== '' || [kind, life, exposure, criticality, mlps].some((chosen) => chosen.length > 0);

function Nothing({ state }: { state: AssetsState }) {
  const { t } = useTranslation();
  const may = useMay('register.change');
  if (isFiltered(state) || !isNow(state)) return <p className="muted assets-none">{t('assets.noneFiltered')}</p>;
  return (
    <div className="assets-none">
      <p>{t('assets.none')}</p>
      {may && <Link to="/assets/import">{t('assets.importFirst')}</Link>}
    </div>
  );
}

function List({ state }: { state: AssetsState }) {
  const { t, i18n } = useTranslation();
  const { unit, ...filter } = state;
  const list = useAssets(filter, unit, state);
  const counts = useAssetCounts(filter, state);
  const { data, error, refetch, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = list;
  const assets = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const whole = !unit && counts.data ? counts.data.total : undefined;
  const time = printState(VIEW_STATE, { at: state.at, known: state.known }).toString();
  const shown = formatCount(assets.length, i18n.language);
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <AssetTable
        assets={assets}
        loading={isPending}
        query={time ? `?${time}` : ''}
        empty={<Nothing state={state} />}
        footer={
          whole === undefined
            ? t(hasNextPage ? 'assets.shownMore' : 'assets.shown', { shown })
            : t('assets.shownOf', { shown, total: formatCount(whole, i18n.language) })
        }
        onMore={hasNextPage && !isFetchingNextPage ? () => fetchNextPage() : undefined}
        loadingMore={isFetchingNextPage}
      />
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(ASSETS_STATE);
  const [adding, setAdding] = useState(false);
  const may = useMay('register.change');
  const proposal = { unit: Number(state.unit) || null, ...(state.new && { name: state.new, addresses: [state.new] }) };
  const stop = () => {
    setAdding(false);
    if (state.new) change({ new: '' });
  };
  return (
    <div className="assets">
      <PageHead title={t('assets.title')} hint={t('assets.hint')} help="daily-work#assets">
        <SavedViews page="assets" />
        <AsOf view={state} onChange={change} />
        {may && isNow(state) && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="add-asset">
            {t('assets.add')}
          </Button>
        )}
      </PageHead>
      <AssetTabs />
      <AsOfNotice view={state} onChange={change} />
      <div className="assets-body">
        <UnitTree state={state} onChoose={(unit) => change({ unit })} />
        <div className="assets-list">
          <AssetFilters state={state} onChange={change} />
          <List state={state} />
        </div>
      </div>
      {may && (adding || state.new) && <AssetForm proposal={proposal} onClose={stop} />}
    </div>
  );
}
