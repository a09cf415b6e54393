// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { ErrorNotice } from './error-notice';

/** The part of a query (@tanstack/react-query) that is looked at. */
interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

interface Props<T> {
  query: Asked<T>;
  rows?: number;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Waiting, failure, nothing there, or the content; with a failure above content that is old. */
export function Loaded<T>({ query, rows = 8, isEmpty, empty, children }: Props<T>) {
  const { data, error, refetch } = query;
  const notice = error ? <ErrorNotice error={error} onRetry={refetch} /> : null;
  if (data === undefined) return notice ?? <Skeleton active paragraph={{ rows }} />;
  return (
    <>
      {notice}
      {isEmpty?.(data) ? empty : children(data)}
    </>
  );
}
