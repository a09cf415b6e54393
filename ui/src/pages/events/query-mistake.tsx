// SPDX-License-Identifier: Apache-2.0
import { ApiError } from '../../api/errors';
import { indexOfColumn } from '../../lib/kql';

/** The query with the place of the mistake marked, and the server's words about it. */
export function QueryMistake({ query, error }: { query: string; error: unknown }) {
  if (!(error instanceof ApiError) || error.status !== 400) return null;
  const at = error.column === undefined ? query.length : indexOfColumn(query, error.column);
  return (
    <div className="query-mistake" role="alert" data-testid="query-mistake">
      <code>
        {query.slice(0, at)}
        <mark>{query.slice(at, at + 1) || ' '}</mark>
        {query.slice(at + 1)}
      </code>
      <span>{error.message}</span>
    </div>
  );
}
