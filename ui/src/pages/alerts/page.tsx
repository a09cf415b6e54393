// SPDX-License-Identifier: Apache-2.0
// The list of alerts, and beside it the one that is looked at. Both are in the address. The list stands still: what is
// new waits above it.
import { QuestionCircleOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { KeyHelp, type Keys } from '../../components/key-help';
import { PageHead } from '../../components/page-head';
import { useRuleTitle } from '../../components/rule-title';
import { SavedViews } from '../../components/saved-views';
import { TimeRange } from '../../components/time-range';
import { formatCount } from '../../lib/format';
import { type Hotkeys, useHotkeys } from '../../lib/hotkeys';
import { ALERTS_STATE, type AlertsState, useUrlState } from '../../lib/url-state';
import { useMayHandle } from './actions';
import { BulkBar, useDecision } from './bulk-bar';
import { AlertDrawer } from './drawer';
import { AlertFilters, isFiltered, NOTHING } from './filters';
import { NewsBar } from './news-bar';
import { RuleStrip } from './rule-strip';
import { AlertTable } from './table';
import { type Chosen, useChosen } from './use-chosen';
import { useList } from './use-list';
import '../../styles/alerts-list.css';

const KEYS: Keys = [
  ['j', 'keys.next'],
  ['k', 'keys.previous'],
  ['Enter', 'keys.open'],
  ['Esc', 'keys.close'],
  ['n', 'keys.news'],
  ['x', 'keys.choose'],
  ['X', 'keys.chooseAll'],
  ['a', 'alert.do.acknowledged'],
  ['c', 'alert.do.closed'],
  ['f', 'alert.do.false_positive'],
  ['/', 'keys.search'],
  ['?', 'keys.title'],
];

/** The alert in the address, and how to go to another or back to the list. */
function useOpenAlert() {
  const { id } = useParams();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const query = params.toString();
  const open = useCallback(
    (next: string | undefined) => {
      const path = next === undefined ? '/alerts' : `/alerts/${encodeURIComponent(next)}`;
      navigate(query ? `${path}?${query}` : path);
    },
    [navigate, query],
  );
  return [id, open] as const;
}

const rowOf = (id: string) => document.querySelector<HTMLElement>(`[data-row-key="${CSS.escape(id)}"]`);

/** Moving through the list by keyboard: the row marked, and the keys. */
function useSelection(ids: readonly string[], openId: string | undefined, open: (id?: string) => void) {
  const [marked, setMarked] = useState<string>();
  const selected = openId ?? marked;
  const step = (by: number) => () => {
    const at = selected === undefined ? -1 : ids.indexOf(selected);
    const next = ids[Math.min(Math.max(at + by, 0), ids.length - 1)];
    setMarked(next);
    if (openId !== undefined && next !== undefined) open(next);
    if (next !== undefined) rowOf(next)?.focus();
  };
  const openMarked: Hotkeys = marked !== undefined && openId === undefined ? { Enter: () => open(marked) } : {};
  const keys: Hotkeys = { j: step(1), k: step(-1), ...openMarked };
  return { selected, setMarked, keys };
}

/** Why the list is empty, and what leads on. */
function NoAlerts({ state, onChange }: { state: AlertsState; onChange: (part: Partial<AlertsState>) => void }) {
  const { t } = useTranslation();
  const filtered = isFiltered(state);
  return (
    <Empty title={t(filtered ? 'alerts.noneMatch' : 'alerts.noneAtAll')} hint={t(filtered ? 'alerts.noneMatchHint' : 'alerts.noneAtAllHint')}>
      {filtered && (
        <Button onClick={() => onChange(NOTHING)} data-testid="clear-all">
          {t('alerts.clear')}
        </Button>
      )}
      {state.from !== '-30d' && (
        <Button onClick={() => onChange({ from: '-30d', to: 'now' })}>{t('alerts.lookBack')}</Button>
      )}
    </Empty>
  );
}

interface DecisionKeys {
  chosen: Chosen;
  ids: readonly string[];
  marked: string | undefined;
  isOpen: boolean;
  isStale: boolean;
  act: ReturnType<typeof useDecision>['act'];
}

/** Choosing, and one decision for what is chosen; the open one has the keys for itself. */
function useDecisionKeys({ chosen, ids, marked, isOpen, isStale, act }: DecisionKeys): Hotkeys {
  const may = useMayHandle();
  if (!may || isStale) return {};
  const all: Hotkeys = { X: () => chosen.set(chosen.ids.length === ids.length ? [] : ids) };
  const choose: Hotkeys = marked === undefined ? all : { ...all, x: () => chosen.toggle(marked) };
  if (isOpen || chosen.ids.length === 0) return choose;
  return {
    ...choose,
    a: () => act({ status: 'acknowledged' }),
    c: () => act({ status: 'closed' }),
    f: () => act({ status: 'false_positive' }),
  };
}

export function Component() {
  const { t, i18n } = useTranslation();
  const [state, change] = useUrlState(ALERTS_STATE);
  const [openId, open] = useOpenAlert();
  const [helping, setHelping] = useState(false);
  const list = useList(state);
  const { alerts } = list;
  const ids = useMemo(() => alerts.map(({ id }) => id), [alerts]);
  const { selected, setMarked, keys } = useSelection(ids, openId, open);
  const chosen = useChosen(state);
  const may = useMayHandle();
  const decision = useDecision(chosen);
  const decisions = useDecisionKeys({
    chosen,
    ids,
    marked: selected,
    isOpen: openId !== undefined,
    isStale: list.isStale,
    act: decision.act,
  });
  const titleOf = useRuleTitle();
  const first = alerts[0];
  const close = () => open(undefined);
  const leave: Hotkeys =
    openId !== undefined ? { Escape: close } : chosen.ids.length > 0 ? { Escape: chosen.clear } : {};
  const showNews = () => {
    const [newest] = list.news;
    if (!newest) return;
    list.showNews();
    setMarked(newest.id);
    document.getElementById('main')?.scrollTo({ top: 0 });
  };
  const more: Hotkeys = {
    n: showNews,
    '/': () => document.querySelector<HTMLInputElement>('.filter-text input')?.focus(),
    '?': () => setHelping(true),
  };
  useHotkeys(helping ? {} : { ...keys, ...decisions, ...leave, ...more });
  const choose = (id: string) => {
    setMarked(id);
    open(id);
  };
  const total =
    list.total !== undefined &&
    t(list.atLeast ? 'alerts.totalAtLeast' : 'alerts.total', { value: formatCount(list.total, i18n.language) });
  return (
    <>
      <PageHead title={t('nav.alerts')} hint={<span className="number">{total}</span>} help="daily-work#alerts">
        <Button
          type="text"
          size="small"
          icon={<QuestionCircleOutlined />}
          onClick={() => setHelping(true)}
          data-testid="keys"
        >
          {t('keys.title')}
        </Button>
        <SavedViews page="alerts" />
        <TimeRange value={state} onChange={change} />
      </PageHead>
      <AlertFilters state={state} onChange={change} ruleTitle={first && titleOf(first.rule_title, first.rule_title_zh)} />
      <RuleStrip state={state} onChange={change} />
      {list.error && <ErrorNotice error={list.error} onRetry={list.refetch} />}
      <div className="list-head">
        <NewsBar news={list.news} atLeast={list.newsAtLeast} updated={list.updated} onShow={showNews} />
        <BulkBar alerts={alerts} state={state} chosen={chosen} {...decision} />
      </div>
      <AlertTable
        alerts={alerts}
        loading={list.isPending}
        stale={list.isStale}
        selected={selected}
        chosen={may ? chosen : undefined}
        empty={list.error ? ' ' : <NoAlerts state={state} onChange={change} />}
        onOpen={choose}
        onMore={list.more}
        loadingMore={list.isFetchingMore}
        isFull={list.isFull}
      />
      {openId !== undefined && <AlertDrawer id={openId} onClose={close} />}
      <KeyHelp keys={KEYS} open={helping} onClose={() => setHelping(false)}>
        <p className="muted key-hint">{t('keys.hint')}</p>
      </KeyHelp>
    </>
  );
}
