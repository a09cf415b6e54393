// SPDX-License-Identifier: Apache-2.0
// How the platform itself is kept: its processes and disk, what is retained, where messages go, who may do what.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from './client';
import { REFRESH_MS } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type System = Schemas['System'];
export type Retention = Schemas['Retention'];
export type Settings = Schemas['Settings'];
export type Setting = Settings['items'][number];
export type Channel = Schemas['Channel'];
export type OutboxMessage = Schemas['OutboxMessage'];
export type Unit = Schemas['Unit'];

/** What the list can be narrowed to; undelivered: failed, or tried in vain so far. */
export const OUTBOX_STATES = ['undelivered', 'waiting', 'sent', 'failed', 'dropped', 'spread'] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

const PAGE = 50;
/** How often one's own test is looked at until it has an answer. */
const TEST_MS = 1000;

export const useSystem = () =>
  useQuery({
    queryKey: ['status', 'system'],
    queryFn: ({ signal }) => unwrap(api.GET('/system', { signal })),
    refetchInterval: REFRESH_MS,
  });

export const useSettings = () =>
  useQuery({
    queryKey: ['status', 'settings'],
    queryFn: ({ signal }) => unwrap(api.GET('/settings', { signal })),
  });

export const useRetention = () =>
  useQuery({
    queryKey: ['status', 'retention'],
    queryFn: ({ signal }) => unwrap(api.GET('/retention', { signal })),
  });

export const useChannels = () =>
  useQuery({
    queryKey: ['channels'],
    queryFn: ({ signal }) => unwrap(api.GET('/channels', { signal })),
    refetchInterval: REFRESH_MS,
  });

export interface OutboxFilter {
  state: string;
  channel: string;
  kind: string;
}

const isState = (name: string): name is OutboxState => (OUTBOX_STATES as readonly string[]).includes(name);

export const useOutbox = ({ state, channel, kind }: OutboxFilter) =>
  useInfiniteQuery({
    queryKey: ['outbox', state, channel, kind],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        state: isState(state) ? state : undefined,
        channel: channel || undefined,
        kind: kind || undefined,
        cursor: pageParam,
        limit: PAGE,
      };
      return unwrap(api.GET('/outbox', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (query) => (query.state.data?.pages.length === 1 ? REFRESH_MS : false),
  });

/** What became of a test: asked until it is sent, has failed, or was tried once in vain. */
export const isAnswered = ({ state, tries }: OutboxMessage) => state !== 'waiting' || tries > 0;

export const useTestMessage = (id: number | undefined) =>
  useQuery({
    queryKey: ['outbox', 'message', id],
    queryFn: ({ signal }) => unwrap(api.GET('/outbox/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    enabled: id !== undefined,
    placeholderData: undefined,
    refetchInterval: (query) => (query.state.data && isAnswered(query.state.data) ? false : TEST_MS),
  });

export function useTestChannel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, to }: { name: string; to?: string }) =>
      unwrap(api.POST('/channels/{name}/test', { params: { path: { name } }, body: { to } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['outbox'] }),
  });
}

/** A change of the outbox: it and the channels are asked anew. */
function useOutboxChange<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['outbox'] }),
        client.invalidateQueries({ queryKey: ['channels'] }),
      ]),
  });
}

export const useResendMessage = () =>
  useOutboxChange((id: number) => unwrap(api.POST('/outbox/{id}/resend', { params: { path: { id } } })));

/** All of a channel; without one, of every channel. */
export const useResendMessages = () =>
  useOutboxChange((channel: string | undefined) => unwrap(api.POST('/outbox/resend', { body: { channel } })));

export const useDropMessage = () =>
  useOutboxChange((id: number) => unwrap(api.POST('/outbox/{id}/drop', { params: { path: { id } } })));

export const usePermissions = () =>
  useQuery({
    queryKey: ['permissions'],
    queryFn: ({ signal }) => unwrap(api.GET('/permissions', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useUnits = () =>
  useQuery({
    queryKey: ['units', 'all'],
    queryFn: ({ signal }) => unwrap(api.GET('/units', { signal })),
  });

export const useAccountTokens = (name: string) =>
  useQuery({
    queryKey: ['accounts', name, 'tokens'],
    queryFn: ({ signal }) => unwrap(api.GET('/accounts/{name}/tokens', { params: { path: { name } }, signal })),
    placeholderData: undefined,
  });

export function useRemoveAccountToken(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE('/accounts/{name}/tokens/{id}', { params: { path: { name, id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['accounts', name, 'tokens'] }),
  });
}
