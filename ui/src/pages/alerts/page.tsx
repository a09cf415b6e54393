// SPDX-License-Identifier: Apache-2.0
// The list of alerts, and beside it the one that is looked at. Both are in the address.
import { QuestionCircleOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useAlerts } from '../../api/queries';
import { ErrorNotice } from '../../components/error-notice';
import { useRuleTitle } from '../../components/rule-title';
import { SavedViews } from '../../components/saved-views';
import { TimeRange } from '../../components/time-range';
import { formatCount } from '../../lib/format';
import { type Hotkeys, useHotkeys } from '../../lib/hotkeys';
import { ALERTS_STATE, type AlertsState, useUrlState } from '../../lib/url-state';
import { AlertDrawer } from './drawer';
import { AlertFilters } from './filters';
import { KeyHelp } from './key-help';
import { RuleStrip } from './rule-strip';
import { AlertTable } from './table';

function useList(state: AlertsState) {
  const result = useAlerts(state);
  const { data } = result;
  const alerts = useMemo(() => data?.pages.flatMap((page) => page.alerts) ?? [], [data]);
  const first = data?.pages[0];
  return { ...result, alerts, total: first?.total, atLeast: first?.total_is_minimum === true };
}

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

/** Moving through the list by keyboard: the row marked, and the keys. */
function useSelection(ids: readonly string[], openId: string | undefined, open: (id?: string) => void) {
  const [marked, setMarked] = useState<string>();
  const selected = openId ?? marked;
  const step = (by: number) => () => {
    const at = selected === undefined ? -1 : ids.indexOf(selected);
    const next = ids[Math.min(Math.max(at + by, 0), ids.length - 1)];
    setMarked(next);
    if (openId !== undefined && next !== undefined) open(next);
    document.querySelector<HTMLElement>(`[data-row-key="${CSS.escape(next ?? '')}"]`)?.focus();
  };
  const keys: Hotkeys = { j: step(1), k: step(-1) };
  return { selected, setMarked, keys };
}

export function Component() {
  const { t, i18n } = useTranslation();
  const [state, change] = useUrlState(ALERTS_STATE);
  const [openId, open] = useOpenAlert();
  const [helping, setHelping] = useState(false);
  const {
    alerts,
    total,
    atLeast,
    error,
    refetch,
    isPending,
    hasNextPage,
    fetchNextPage,
    isFetchingNextPage,
  } = useList(state);
  const ids = useMemo(() => alerts.map(({ id }) => id), [alerts]);
  const { selected, setMarked, keys } = useSelection(ids, openId, open);
  const first = alerts[0];
  const titleOf = useRuleTitle();
  const close = () => open(undefined);
  const leaving: Hotkeys = openId !== undefined && !helping ? { Escape: close } : {};
  useHotkeys({ ...keys, ...leaving, '?': () => setHelping(true) });
  const choose = (id: string) => {
    setMarked(id);
    open(id);
  };
  return (
    <>
      <div className="page-head">
        <h1>{t('nav.alerts')}</h1>
        <span className="muted number">
          {total !== undefined &&
            t(atLeast ? 'alerts.totalAtLeast' : 'alerts.total', {
              value: formatCount(total, i18n.language),
            })}
        </span>
        <Button
          type="text"
          size="small"
          icon={<QuestionCircleOutlined />}
          onClick={() => setHelping(true)}
          aria-label={t('keys.title')}
        />
        <span className="grow" />
        <SavedViews page="alerts" />
        <TimeRange value={state} onChange={change} />
      </div>
      <AlertFilters state={state} onChange={change} ruleTitle={first && titleOf(first.rule_title, first.rule_title_zh)} />
      <RuleStrip state={state} onChange={change} />
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <AlertTable
        alerts={alerts}
        loading={isPending}
        selected={selected}
        onOpen={choose}
        onMore={hasNextPage ? () => fetchNextPage() : undefined}
        loadingMore={isFetchingNextPage}
      />
      {openId !== undefined && <AlertDrawer id={openId} onClose={close} />}
      <KeyHelp open={helping} onClose={() => setHelping(false)} />
    </>
  );
}
