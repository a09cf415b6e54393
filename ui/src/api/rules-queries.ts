// SPDX-License-Identifier: Apache-2.0
// Detection rules: what the pages ask for, and what they change. After a change everything about rules is asked anew.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from './client';
import { REFRESH_MS } from './queries';
import type { components, operations } from './schema';

type Schemas = components['schemas'];
export type RuleRow = Schemas['RuleRow'];
export type RuleDetail = Schemas['RuleDetail'];
export type RuleLink = Schemas['RuleLink'];
export type RuleFinding = Schemas['RuleFinding'];
export type RuleException = Schemas['RuleException'];
export type RuleWhere = Schemas['RuleWhere'];
export type RulePack = Schemas['RulePack'];
export type RuleHunt = Schemas['RuleHunt'];
export type RuleHuntMatch = Schemas['RuleHuntMatch'];
export type RuleChange = Schemas['RuleChange'];
export type RuleCoverage = Schemas['RuleCoverage'];
export type RuleTechnique = Schemas['RuleTechnique'];
export type RuleTactic = RuleCoverage['tactics'][number];
export type LogSource = Schemas['LogSource'];
export type RuleQuery = NonNullable<operations['listRules']['parameters']['query']>;

const RULES_KEY = ['rules'];
const PAGE = 60;
const HUNT_MS = 700;

const ifMatch = (version: number) => ({ 'If-Match': `"v${version}"` });

export const useRules = (query: RuleQuery) =>
  useInfiniteQuery({
    queryKey: [...RULES_KEY, 'list', query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/rules', { params: { query: { ...query, limit: PAGE, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: REFRESH_MS,
  });

export const useRule = (id: string) =>
  useQuery({
    queryKey: [...RULES_KEY, 'one', id],
    queryFn: ({ signal }) => unwrap(api.GET('/rules/{id}', { params: { path: { id } }, signal })),
    refetchInterval: REFRESH_MS,
  });

export const useRuleChanges = (id: string) =>
  useQuery({
    queryKey: [...RULES_KEY, 'changes', id],
    queryFn: ({ signal }) => unwrap(api.GET('/rules/{id}/changes', { params: { path: { id } }, signal })),
  });

export const useRulePacks = () =>
  useQuery({
    queryKey: [...RULES_KEY, 'packs'],
    queryFn: ({ signal }) => unwrap(api.GET('/rules/packs', { signal })),
  });

export const useRuleExceptions = () =>
  useQuery({
    queryKey: [...RULES_KEY, 'exceptions'],
    queryFn: ({ signal }) => unwrap(api.GET('/rules/exceptions', { signal })),
  });

export const useRuleCoverage = () =>
  useQuery({
    queryKey: [...RULES_KEY, 'coverage'],
    queryFn: ({ signal }) => unwrap(api.GET('/rules/coverage', { signal })),
  });

/** What is wrong with a text; undefined while nothing was typed. */
export const useRuleCheck = (text: string) =>
  useQuery({
    queryKey: ['rule-check', text],
    queryFn: ({ signal }) => unwrap(api.POST('/rules/check', { body: { text }, signal })),
    enabled: text.trim() !== '',
    staleTime: 60_000,
    retry: false,
  });

/** A hunt under way, asked until it ends. */
export const useRuleHunt = (id: string | undefined) =>
  useQuery({
    queryKey: ['rule-hunt', id],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/rules/hunts/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
    refetchInterval: ({ state }) =>
      !state.data || state.data.state === 'waiting' || state.data.state === 'running' ? HUNT_MS : false,
    placeholderData: undefined,
  });

/** A change of rules. */
function useChange<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: RULES_KEY }) });
}

export interface HuntWanted {
  rule?: string;
  text?: string;
  days?: number;
  where?: RuleWhere[];
}

export const useStartHunt = () =>
  useMutation({ mutationFn: (body: HuntWanted) => unwrap(api.POST('/rules/hunts', { body })) });

export const useEndHunt = () =>
  useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE('/rules/hunts/{id}', { params: { path: { id } } })),
  });

export const useAddRule = () =>
  useChange((body: { text: string; enabled: boolean }) => unwrap(api.POST('/rules', { body })));

export const useSaveRule = () =>
  useChange(({ id, version, text }: { id: string; version: number; text: string }) =>
    unwrap(
      api.PUT('/rules/{id}', {
        params: { path: { id }, header: ifMatch(version) },
        body: { text },
      }),
    ),
  );

export const useRestoreRule = () =>
  useChange(({ id, version }: { id: string; version: number }) =>
    unwrap(api.DELETE('/rules/{id}', { params: { path: { id }, header: ifMatch(version) } })),
  );

export const useSwitchRules = () =>
  useChange((body: { ids: string[]; enabled: boolean; reason?: string }) =>
    unwrap(api.POST('/rules/switch', { body })),
  );

export const useSuppressRule = () =>
  useChange(
    ({ id, version, suppress }: { id: string; version: number; suppress: { by: string[]; for: string } | null }) =>
      unwrap(
        api.PATCH('/rules/{id}', {
          params: { path: { id }, header: ifMatch(version) },
          body: { suppress },
        }),
      ),
  );

export const useSwitchPack = () =>
  useChange(({ name, ...body }: { name: string; enabled: boolean; reason?: string }) =>
    unwrap(api.PATCH('/rules/packs/{name}', { params: { path: { name } }, body })),
  );

export interface ExceptionInput {
  rules: string[];
  where: RuleWhere[];
  reason: string;
  expires: string;
}

export const useAddException = () =>
  useChange((body: ExceptionInput) => unwrap(api.POST('/rules/exceptions', { body })));

export const useEndException = () =>
  useChange((id: string) => unwrap(api.DELETE('/rules/exceptions/{id}', { params: { path: { id } } })));

export const useUndoChange = () =>
  useChange((number: number) =>
    unwrap(api.POST('/rules/changes/{number}/undo', { params: { path: { number } } })),
  );
