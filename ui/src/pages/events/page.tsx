// SPDX-License-Identifier: Apache-2.0
// Searching events. The whole search is in the address, which a saved view keeps.
import { MenuFoldOutlined, MenuUnfoldOutlined, QuestionCircleOutlined } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isTemporary } from '../../api/errors';
import { useHistogram } from '../../api/hunt-queries';
import { useEvents, useMay } from '../../api/queries';
import { ErrorNotice } from '../../components/error-notice';
import { KeyHelp, type Keys } from '../../components/key-help';
import { PageHead } from '../../components/page-head';
import { SavedViews } from '../../components/saved-views';
import { TimeRange } from '../../components/time-range';
import type { ValueActions } from '../../components/value-link';
import { wordsOf } from '../../lib/completion';
import { formatCount } from '../../lib/format';
import { useHotkeys } from '../../lib/hotkeys';
import { kqlAnd, kqlWithout } from '../../lib/kql';
import { newRulePath } from '../../lib/links';
import type { Range } from '../../lib/time';
import { EVENTS_STATE, type EventsState, eventsPath, useUrlState } from '../../lib/url-state';
import { ColumnChooser } from './column-chooser';
import { EventDrawer } from './event-drawer';
import { ExportDialog } from './export-dialog';
import { FieldPanel } from './field-panel';
import { Histogram } from './histogram';
import { SearchBox } from './search-box';
import { EventTable } from './table';
import { LOOKS, useView } from './use-view';
import '../../styles/events.css';

const KEYS: Keys = [
  ['/', 'events.toQuery'],
  ['j', 'keys.next'],
  ['k', 'keys.previous'],
  ['Enter', 'keys.open'],
  ['Esc', 'keys.close'],
  ['w', 'events.nextLook'],
  ['f', 'events.fields'],
  ['?', 'keys.title'],
];

type Change = (part: Partial<EventsState>) => void;

const valueActions = ({ from, to, columns, q }: EventsState, change: Change): ValueActions => ({
  search: (term) => eventsPath({ from, to, columns, q: term }),
  include: (term) => change({ q: kqlAnd(q, term) }),
  exclude: (term) => change({ q: kqlWithout(q, term) }),
  column: (name) => !columns.includes(name) && change({ columns: [...columns, name] }),
});

function useResults(state: EventsState) {
  const { from, to, q, columns, by } = state;
  const search = useMemo(() => ({ from, to, q }), [from, to, q]);
  const events = useEvents(search, columns);
  const histogram = useHistogram(search, by);
  const rows = useMemo(() => events.data?.pages.flatMap((page) => page.events) ?? [], [events.data]);
  const words = useMemo(() => wordsOf(q), [q]);
  return { search, events, histogram, rows, words };
}

/** Spans that were left by zooming in, the last one last. */
function useZoom({ from, to }: Range, change: Change) {
  const left = useRef<Range[]>([]);
  const zoomed = useRef<Range>(undefined);
  const here = zoomed.current?.from === from && zoomed.current.to === to;
  if (!here) left.current = [];
  const zoom = (range: Range) => {
    left.current = [...left.current, { from, to }];
    zoomed.current = range;
    change(range);
  };
  const back = () => {
    const range = left.current.pop();
    zoomed.current = left.current.length > 0 ? range : undefined;
    if (range) change(range);
  };
  return { zoom, back: left.current.length > 0 ? back : undefined };
}

/** Going through the list by keyboard; the event that is looked at is in the address. */
function useSteps(seqs: readonly string[], open: string, change: Change) {
  const [marked, setMarked] = useState('');
  const selected = open || marked;
  const step = (by: number) => {
    const at = selected === '' ? -1 : seqs.indexOf(selected);
    const next = seqs[Math.min(Math.max(at + by, 0), seqs.length - 1)];
    if (next === undefined) return;
    setMarked(next);
    if (open !== '') change({ event: next });
  };
  const show = (seq: string) => {
    setMarked(seq);
    change({ event: seq });
  };
  return { selected, step, show };
}

export function Component() {
  const { t, i18n } = useTranslation();
  const [state, change] = useUrlState(EVENTS_STATE);
  const { search, events, histogram, rows, words } = useResults(state);
  const actions = useMemo(() => valueActions(state, change), [state, change]);
  const { zoom, back } = useZoom(state, change);
  const { looks, look, nextLook, fieldsShown, toggleFields } = useView();
  const seqs = useMemo(() => rows.map(({ seq }) => seq), [rows]);
  const { selected, step, show } = useSteps(seqs, state.event, change);
  const [helping, setHelping] = useState(false);
  const mayWrite = useMay('rule.change');
  const { error, hasNextPage, isFetchingNextPage, fetchNextPage } = events;
  const total = histogram.data?.total;
  const elapsed = events.data?.pages[0]?.elapsed_ms;
  const close = () => change({ event: '' });
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    w: nextLook,
    f: toggleFields,
    '?': () => setHelping(true),
    ...(selected !== '' && state.event === '' ? { Enter: () => show(selected) } : {}),
    ...(state.event !== '' && !helping ? { Escape: close } : {}),
  });
  return (
    <div className="events">
      <PageHead
        title={t('nav.events')}
        hint={
          <span className="number" data-testid="event-count">
            {total !== undefined && t('events.total', { value: formatCount(total, i18n.language) })}
            {elapsed !== undefined && ` · ${formatCount(Math.round(elapsed), i18n.language)} ms`}
          </span>
        }
        help="daily-work#hunt"
      >
        {mayWrite && state.q !== '' && <Link to={newRulePath(state.q)}>{t('events.toRule')}</Link>}
        <SavedViews page="events" />
        <Button
          type="text"
          size="small"
          icon={<QuestionCircleOutlined />}
          onClick={() => setHelping(true)}
          aria-label={t('keys.title')}
        />
        <TimeRange value={state} onChange={change} />
      </PageHead>
      <SearchBox
        value={state.q}
        range={search}
        error={error}
        busy={events.isFetching}
        onSearch={(q) => (q === state.q ? events.refetch() : change({ q, event: '' }))}
        extra={<ExportDialog search={search} columns={state.columns} total={total} />}
      />
      {error && isTemporary(error) && <ErrorNotice error={error} onRetry={() => events.refetch()} />}
      <Histogram
        data={histogram.data}
        by={state.by}
        onBy={(by) => change({ by })}
        onZoom={zoom}
        onBack={back}
      />
      <div className="events-tools">
        <Button
          size="small"
          icon={fieldsShown ? <MenuFoldOutlined /> : <MenuUnfoldOutlined />}
          onClick={toggleFields}
          aria-pressed={fieldsShown}
        >
          {t('events.fields')}
        </Button>
        <ColumnChooser value={state.columns} onChange={(columns) => change({ columns })} />
        <span className="grow" />
        <Segmented
          size="small"
          value={looks}
          onChange={look}
          aria-label={t('events.nextLook')}
          options={LOOKS.map((value) => ({ value, label: t(`events.look.${value}`) }))}
        />
      </div>
      <div className="events-body">
        {fieldsShown && (
          <FieldPanel
            search={search}
            columns={state.columns}
            onColumns={(columns) => change({ columns })}
            by={state.by}
            onBy={(by) => change({ by })}
            actions={actions}
          />
        )}
        <div className="events-list">
          <EventTable
            rows={rows}
            columns={state.columns}
            actions={actions}
            words={words}
            looks={looks}
            selected={selected || undefined}
            onOpen={show}
            loading={events.isPending}
            empty={t(error ? 'events.failed' : 'events.none')}
            onEnd={() => hasNextPage && !isFetchingNextPage && fetchNextPage()}
            footer={
              error
                ? ''
                : t(hasNextPage ? 'events.loadedMore' : 'events.loadedAll', { value: formatCount(rows.length, i18n.language) })
            }
          />
        </div>
      </div>
      {state.event !== '' && (
        <EventDrawer seq={state.event} actions={actions} words={words} onClose={close} onStep={step} />
      )}
      <KeyHelp keys={KEYS} open={helping} onClose={() => setHelping(false)} />
    </div>
  );
}
