// SPDX-License-Identifier: Apache-2.0
// Searching events. The whole search is in the address.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { isTemporary } from '../../api/errors';
import { useEvents, useHistogram } from '../../api/queries';
import { ErrorNotice } from '../../components/error-notice';
import { TimeRange } from '../../components/time-range';
import type { ValueActions } from '../../components/value-link';
import { formatCount } from '../../lib/format';
import { kqlAnd, kqlWithout } from '../../lib/kql';
import { EVENTS_STATE, type EventsState, eventsPath, useUrlState } from '../../lib/url-state';
import { ColumnChooser } from './column-chooser';
import { ExportMenu } from './export-menu';
import { Histogram } from './histogram';
import { SearchBox } from './search-box';
import { EventTable } from './table';

type Change = (part: Partial<EventsState>) => void;

const valueActions = ({ from, to, columns, q }: EventsState, change: Change): ValueActions => ({
  search: (term) => eventsPath({ from, to, columns, q: term }),
  include: (term) => change({ q: kqlAnd(q, term) }),
  exclude: (term) => change({ q: kqlWithout(q, term) }),
});

function useResults(state: EventsState) {
  const { from, to, q, columns } = state;
  const search = useMemo(() => ({ from, to, q }), [from, to, q]);
  const events = useEvents(search, columns);
  const histogram = useHistogram(search);
  const rows = useMemo(() => events.data?.pages.flatMap((page) => page.events) ?? [], [events.data]);
  return { events, histogram, rows };
}

export function Component() {
  const { t, i18n } = useTranslation();
  const [state, change] = useUrlState(EVENTS_STATE);
  const { events, histogram, rows } = useResults(state);
  const actions = useMemo(() => valueActions(state, change), [state, change]);
  const { error, hasNextPage, isFetchingNextPage, fetchNextPage } = events;
  const total = histogram.data?.total;
  const elapsed = events.data?.pages[0]?.elapsed_ms;
  return (
    <div className="events">
      <div className="page-head">
        <h1>{t('nav.events')}</h1>
        <span className="muted number" data-testid="event-count">
          {total !== undefined && t('events.total', { value: formatCount(total, i18n.language) })}
          {elapsed !== undefined && ` · ${formatCount(Math.round(elapsed), i18n.language)} ms`}
        </span>
        <span className="grow" />
        <TimeRange value={state} onChange={change} />
      </div>
      <SearchBox
        value={state.q}
        error={error}
        busy={events.isFetching}
        onSearch={(q) => (q === state.q ? events.refetch() : change({ q }))}
        extra={
          <>
            <ColumnChooser value={state.columns} onChange={(columns) => change({ columns })} />
            <ExportMenu rows={rows} columns={state.columns} search={state} />
          </>
        }
      />
      {error && isTemporary(error) && <ErrorNotice error={error} onRetry={() => events.refetch()} />}
      <Histogram data={histogram.data} onZoom={change} />
      <EventTable
        rows={rows}
        columns={state.columns}
        actions={actions}
        loading={events.isPending}
        empty={t(error ? 'events.failed' : 'events.none')}
        onEnd={() => hasNextPage && !isFetchingNextPage && fetchNextPage()}
        footer={t(hasNextPage ? 'events.loadedMore' : 'events.loadedAll', {
          value: formatCount(rows.length, i18n.language),
        })}
      />
    </div>
  );
}
