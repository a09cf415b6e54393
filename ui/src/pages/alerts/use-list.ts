// SPDX-License-Identifier: Apache-2.0
// The list as it is shown, and what has come since.
import { useMemo } from 'react';
import { ROWS_MAX, useAlerts, useFreshAlerts, useInsertAlerts } from '../../api/alert-queries';
import { findNew, renewRows } from '../../lib/fresh';
import type { AlertsState } from '../../lib/url-state';

export function useList(state: AlertsState) {
  const { data, error, refetch, isPending, isPlaceholderData, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useAlerts(state);
  const { data: fresh, dataUpdatedAt } = useFreshAlerts(state);
  const insert = useInsertAlerts(state);
  const held = useMemo(() => data?.pages.flatMap((page) => page.alerts) ?? [], [data]);
  const news = useMemo(
    () => (fresh && !isPlaceholderData ? findNew(held, fresh.alerts, !hasNextPage) : []),
    [fresh, held, hasNextPage, isPlaceholderData],
  );
  const alerts = useMemo(() => (fresh ? renewRows(held, fresh.alerts) : held), [fresh, held]);
  const first = fresh ?? data?.pages[0];
  return {
    alerts,
    news,
    /** Where the whole page is new there may be more of them. */
    newsAtLeast: fresh !== undefined && news.length > 0 && news.length === fresh.alerts.length && held.length > 0,
    showNews: () => (news.length === fresh?.alerts.length ? refetch() : insert(news)),
    total: first?.total,
    atLeast: first?.total_is_minimum === true,
    updated: dataUpdatedAt,
    error,
    refetch,
    isPending,
    /** The rows are still those of the filters before. */
    isStale: isPlaceholderData,
    more: hasNextPage && held.length < ROWS_MAX ? () => fetchNextPage() : undefined,
    isFull: hasNextPage && held.length >= ROWS_MAX,
    isFetchingMore: isFetchingNextPage,
  };
}
