// SPDX-License-Identifier: Apache-2.0
// What people did with the platform, for auditors. It does not refresh by itself: each look is in the trail.
import { ReloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTrail } from '../../api/queries';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { SavedViews } from '../../components/saved-views';
import { TimeRange } from '../../components/time-range';
import { TRAIL_STATE, useUrlState } from '../../lib/url-state';
import { TrailExport } from './export-menu';
import { TrailFilters, TrailQuick } from './filters';
import { TrailTable } from './table';

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(TRAIL_STATE);
  const { data, error, refetch, isPending, isFetching, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useTrail(state);
  const entries = useMemo(() => data?.pages.flatMap((page) => page.entries) ?? [], [data]);
  return (
    <>
      <PageHead title={t('nav.trail')} hint={t('trail.hint')} help="administration#trail">
        <TimeRange value={state} onChange={change} />
      </PageHead>
      <div className="trail-head">
        <TrailFilters state={state} onChange={change} />
        <span className="grow" />
        <Button
          icon={<ReloadOutlined />}
          loading={isFetching}
          onClick={() => refetch()}
          aria-label={t('trail.refresh')}
        />
        <SavedViews page="trail" />
        <TrailExport state={state} />
      </div>
      <TrailQuick state={state} onChange={change} />
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <TrailTable
        entries={entries}
        loading={isPending}
        onMore={hasNextPage ? () => fetchNextPage() : undefined}
        loadingMore={isFetchingNextPage}
        onFilter={change}
      />
    </>
  );
}
