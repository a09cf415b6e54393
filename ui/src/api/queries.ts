// SPDX-License-Identifier: Apache-2.0
// What the pages ask the server for. Old content stays on the screen while new content is fetched.
import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Range } from '../lib/time';
import { isTrailOutcome } from '../lib/trail';
import type { TrailState } from '../lib/url-state';
import { api, setCsrfToken, setUnauthorizedHandler, unwrap } from './client';
import { isTemporary, isUnauthorized, isUnrecorded } from './errors';
import type { CodeWanted, Session } from './types';

export const REFRESH_MS = 10_000;
const RETRIES = 2;
const PAGE = 100;

export const SESSION_KEY = ['session'];

export function newQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => count < RETRIES && isTemporary(error) && !isUnrecorded(error),
        refetchOnWindowFocus: false,
        placeholderData: keepPreviousData,
      },
    },
  });
  setUnauthorizedHandler(() => forget(client));
  return client;
}

/** Back to the sign-in page, with nothing of the last person's left in memory. */
function forget(client: QueryClient): void {
  setCsrfToken('');
  client.setQueryData(SESSION_KEY, null);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
}

function enter(session: Session): Session {
  setCsrfToken(session.csrf_token);
  return session;
}

async function getSession(): Promise<Session | null> {
  try {
    return enter(await unwrap(api.GET('/session')));
  } catch (error) {
    if (isUnauthorized(error)) return null;
    throw error;
  }
}

export const useSession = () =>
  useQuery({ queryKey: SESSION_KEY, queryFn: getSession, staleTime: Number.POSITIVE_INFINITY });

/** The first step: signed in, or asked for a code of the second factor. */
export function useSignIn(onCode: (wanted: CodeWanted) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; password: string }) => unwrap(api.POST('/session', { body })),
    onSuccess: (answer) => {
      if ('csrf_token' in answer) client.setQueryData(SESSION_KEY, enter(answer));
      else onCode(answer);
    },
  });
}

export function useSignInCode() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { token: string; code: string }) =>
      unwrap(api.POST('/session/second-factor', { body })),
    onSuccess: (session) => client.setQueryData(SESSION_KEY, enter(session)),
  });
}

/** Whether the one who is signed in has the permission: what to show is decided by this, never by the role. */
export function useMay(permission: string): boolean {
  const { data: session } = useSession();
  return session?.permissions.includes(permission) ?? false;
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE('/session')),
    onSuccess: () => forget(client),
  });
}

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { current: string; new: string }) => unwrap(api.POST('/password', { body })),
    onSuccess: () => client.refetchQueries({ queryKey: SESSION_KEY }),
  });
}

export const useStatus = () =>
  useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => unwrap(api.GET('/status', { signal })),
    refetchInterval: REFRESH_MS,
    retry: false,
  });

export const useOverview = (range: Range) =>
  useQuery({
    queryKey: ['overview', range],
    queryFn: ({ signal }) => unwrap(api.GET('/overview', { params: { query: range }, signal })),
    refetchInterval: REFRESH_MS,
  });

export interface EventSearch extends Range {
  q: string;
}

const searchQuery = ({ from, to, q }: EventSearch) => ({ from, to, q: q || undefined });

export const useEvents = (search: EventSearch, columns: readonly string[]) =>
  useInfiniteQuery({
    queryKey: ['events', search, columns],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...searchQuery(search), columns: columns.join(','), cursor: pageParam, limit: PAGE };
      return unwrap(api.GET('/events', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });

export const useEvent = (seq: string) =>
  useQuery({
    queryKey: ['event', seq],
    queryFn: ({ signal }) => unwrap(api.GET('/events/{seq}', { params: { path: { seq } }, signal })),
    placeholderData: undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

const trailQuery = ({ from, to, user, action, outcome, q }: TrailState) => ({
  from,
  to,
  user: user || undefined,
  action: action || undefined,
  outcome: isTrailOutcome(outcome) ? outcome : undefined,
  q: q || undefined,
});

export const useTrail = (state: TrailState) =>
  useInfiniteQuery({
    queryKey: ['trail', state],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...trailQuery(state), cursor: pageParam, limit: PAGE };
      return unwrap(api.GET('/trail', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });

export const useExportTrail = () =>
  useMutation({
    mutationFn: async ({ state, format }: { state: TrailState; format: 'csv' | 'ndjson' }) => {
      const query = { ...trailQuery(state), format };
      const answer = api.GET('/trail/export', { params: { query }, parseAs: 'text' });
      const text = await unwrap(answer);
      return { text, more: (await answer).response.headers.has('X-Next-Cursor') };
    },
  });

export const useFields = () =>
  useQuery({
    queryKey: ['fields'],
    queryFn: ({ signal }) => unwrap(api.GET('/fields', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
