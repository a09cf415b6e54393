// SPDX-License-Identifier: Apache-2.0
// Alerts. The list stands still under one's hands: what is new is asked beside it, and put in when the person says so.
import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { AlertsState } from '../lib/url-state';
import { api, unwrap } from './client';
import type { Alert, AlertPage, AlertQuery, AlertStatus, AlertsChanged } from './types';

const PAGE = 100;
const RULES = 40;
/** What one request about many may name, and what one page of ids brings. */
export const BULK_MAX = 1000;
const IDS_PAGE = 500;

/** Rows that are loaded one under the other; who wants more narrows the filters. */
export const ROWS_MAX = 1000;

export function alertQuery(state: AlertsState): AlertQuery {
  return {
    from: state.from,
    to: state.to,
    level: state.level.join(',') || undefined,
    status: state.status.join(',') || undefined,
    rule: state.rule || undefined,
    q: state.q || undefined,
    drill: state.drill,
    tactic: state.tactic || undefined,
    source_ip: state.source_ip || undefined,
    assignee: state.assignee || undefined,
    asset: state.asset,
    unit: state.unit,
    limit: PAGE,
  };
}

const listKey = (state: AlertsState) => ['alerts', 'list', state] as const;

export const useAlerts = (state: AlertsState) =>
  useInfiniteQuery({
    queryKey: listKey(state),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...alertQuery(state), cursor: pageParam };
      return unwrap(api.GET('/alerts', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    meta: { held: true },
  });

/** The list's first page as it is by now. */
export const useFreshAlerts = (state: AlertsState) =>
  useQuery({
    queryKey: ['alerts', 'fresh', state],
    queryFn: ({ signal }) => unwrap(api.GET('/alerts', { params: { query: alertQuery(state) }, signal })),
    placeholderData: undefined,
  });

type Pages = InfiniteData<AlertPage, string | undefined>;

/** Puts alerts at the head of the list that is shown. */
export function useInsertAlerts(state: AlertsState) {
  const client = useQueryClient();
  return (fresh: readonly Alert[]) =>
    client.setQueryData<Pages>(listKey(state), (data) => {
      const [first, ...rest] = data?.pages ?? [];
      if (!data || !first) return data;
      return { ...data, pages: [{ ...first, alerts: [...fresh, ...first.alerts] }, ...rest] };
    });
}

/** Changes rows where they stand, in every list: none moves, and none goes because it no longer fits. */
function changeRows(client: QueryClient, change: (alert: Alert) => Alert): void {
  client.setQueriesData<Pages>({ queryKey: ['alerts', 'list'] }, (data) =>
    data && {
      ...data,
      pages: data.pages.map((page) => ({ ...page, alerts: page.alerts.map(change) })),
    },
  );
}

/** Everything about alerts but the lists that are shown. */
function renew(client: QueryClient): Promise<unknown> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [topic], meta }) =>
      !meta?.held && ['alerts', 'alert', 'overview', 'worst-open', 'incidents'].includes(String(topic)),
  });
}

/** The rules behind what the list shows, or would show without the filter by rule. */
export function useAlertRules(state: AlertsState) {
  const { rule, limit, ...query } = alertQuery(state);
  return useQuery({
    queryKey: ['alerts', 'rules', query],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/alerts/rules', { params: { query: { ...query, limit: RULES } }, signal })),
  });
}

/** That somebody looked is recorded, so it is asked by persons alone: its key is no topic of the stream. */
export const useAlert = (id: string) =>
  useQuery({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => unwrap(api.GET('/alerts/{id}', { params: { path: { id } }, signal })),
    placeholderData: undefined,
  });

export interface AlertChange {
  id: string;
  status?: AlertStatus;
  note?: string;
}

export function useUpdateAlert() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: AlertChange) =>
      unwrap(api.PATCH('/alerts/{id}', { params: { path: { id } }, body })),
    onSuccess: (changed) => {
      changeRows(client, (alert) => (alert.id === changed.id ? { ...alert, ...changed } : alert));
      return renew(client);
    },
  });
}

export interface Decision {
  status?: AlertStatus;
  note?: string;
  assignee?: string;
}

function applyDecision(alert: Alert, { status, note, assignee }: Decision): Alert {
  return {
    ...alert,
    ...(status && { status }),
    ...(note !== undefined && { note }),
    ...(assignee !== undefined && alert.case && { case: { ...alert.case, assignee: assignee || undefined } }),
  };
}

/** One decision about many. */
export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ids, decision }: { ids: readonly string[]; decision: Decision }) =>
      unwrap(api.POST('/alerts/bulk', { body: { ids: [...ids], ...decision } })),
    onSuccess: ({ changed }, { decision }) => {
      const ids = new Set(changed.map(({ id }) => id));
      changeRows(client, (alert) => (ids.has(alert.id) ? applyDecision(alert, decision) : alert));
      return renew(client);
    },
  });
}

/** What takes a decision back: the alerts that were alike before, together. */
export function waysBack(changed: AlertsChanged['changed']): { ids: string[]; decision: Decision }[] {
  const groups = new Map<string, { ids: string[]; decision: Decision }>();
  for (const { id, before } of changed) {
    const key = JSON.stringify([before.status, before.note, before.assignee]);
    const group = groups.get(key) ?? { ids: [], decision: before };
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The newest that match, as many as one decision may be about. */
export async function findIds(state: AlertsState): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...alertQuery(state), limit: IDS_PAGE, cursor };
    const page: AlertPage = await unwrap(api.GET('/alerts', { params: { query } }));
    ids.push(...page.alerts.map(({ id }) => id));
    cursor = page.next_cursor;
  } while (cursor && ids.length < BULK_MAX);
  return ids.slice(0, BULK_MAX);
}

export const useUnits = (enabled: boolean) =>
  useQuery({
    queryKey: ['assets', 'units'],
    queryFn: ({ signal }) => unwrap(api.GET('/units', { signal })),
    enabled,
  });

/** Assets that a few letters could mean. */
export const useAssetsLike = (q: string) =>
  useQuery({
    queryKey: ['assets', 'like', q],
    queryFn: ({ signal }) => unwrap(api.GET('/assets', { params: { query: { q, limit: 20 } }, signal })),
    enabled: q.length > 0,
  });

export const useAssetName = (id: number | undefined) =>
  useQuery({
    queryKey: ['assets', 'name', id],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    enabled: id !== undefined,
    select: ({ name }) => name,
    retry: false,
  });

/** That a record is in the signed tree; made when it is asked for. */
export const useProof = (seq: string, enabled: boolean) =>
  useQuery({
    queryKey: ['event', seq, 'proof'],
    queryFn: ({ signal }) => unwrap(api.GET('/events/{seq}/proof', { params: { path: { seq } }, signal })),
    enabled,
    retry: false,
    placeholderData: undefined,
  });
