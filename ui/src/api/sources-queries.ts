// SPDX-License-Identifier: Apache-2.0
// Who sends logs: how each stands, when it was silent, what came of it, and how new ones are connected.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Range } from '../lib/time';
import { api, unwrap } from './client';
import { REFRESH_MS } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Source = Schemas['Source'];
export type SourceState = Source['state'];
export type SourceList = Schemas['SourceList'];
export type SourceSpans = Schemas['SourceSpans'];
export type SourceSpan = SourceSpans['spans'][number];
export type Heard = Schemas['Heard']['items'][number];
export type SourceLine = Schemas['SourceLine'];
export type OnboardingHead = Schemas['OnboardingHead'];
export type Onboarding = Schemas['Onboarding'];
export type OnboardingStep = Schemas['OnboardingStep'];
export type LineTemplate = Schemas['LineTemplate'];
export type Statement = Schemas['CoverageStatement'];
export type Gap = Schemas['CoverageGap'];
export type LeftAlone = Schemas['LeftAlone'];

const KEY = 'sources';
const LISTEN_MS = 2000;
const SLOW_MS = 60_000;

export const useSources = () =>
  useQuery({
    queryKey: [KEY, 'list'],
    queryFn: ({ signal }) => unwrap(api.GET('/sources', { signal })),
    refetchInterval: 3 * REFRESH_MS,
  });

export const useSource = (id: string) =>
  useQuery({
    queryKey: [KEY, 'one', id],
    queryFn: async ({ signal }) => {
      const answer = await unwrap(api.GET('/sources/{id}', { params: { path: { id } }, signal }));
      return { from: answer.from, to: answer.to, source: answer.items[0] as Source };
    },
    placeholderData: undefined,
    refetchInterval: 3 * REFRESH_MS,
  });

function useOnSilence<Wish>(mutationFn: (wish: Wish) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: [KEY] }) });
}

/** Until when it is known to be silent, and why. */
export const useAcknowledge = () =>
  useOnSilence(({ id, until, reason }: { id: string; until: string; reason: string }) =>
    unwrap(api.PUT('/sources/{id}/acknowledgement', { params: { path: { id } }, body: { until, reason } })),
  );

export const useTakeBack = () =>
  useOnSilence((id: string) => unwrap(api.DELETE('/sources/{id}/acknowledgement', { params: { path: { id } } })));

export const useSourceSpans = (days: number, source?: string) =>
  useQuery({
    queryKey: [KEY, 'spans', days, source],
    queryFn: ({ signal }) => unwrap(api.GET('/sources/spans', { params: { query: { days, source } }, signal })),
    refetchInterval: SLOW_MS,
  });

export const useStatement = (range: Range) =>
  useQuery({
    queryKey: [KEY, 'statement', range],
    queryFn: ({ signal }) => unwrap(api.GET('/coverage/statement', { params: { query: range }, signal })),
    refetchInterval: SLOW_MS,
  });

/** Who was heard since a moment, asked again and again; peer '' for anybody. */
export const useHeard = (from: string, peer: string) =>
  useQuery({
    queryKey: [KEY, 'heard', from, peer],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/sources/heard', { params: { query: { from, peer: peer || undefined } }, signal })),
    refetchInterval: LISTEN_MS,
    placeholderData: undefined,
  });

export interface LinesWanted {
  from: string;
  peer?: string;
  talker?: string;
  failed?: boolean;
  limit?: number;
}

/** Lines as they came. Each look is in the audit trail, so it is asked for once. */
export const useSourceLines = (query: LinesWanted, enabled: boolean) =>
  useQuery({
    queryKey: [KEY, 'lines', query],
    queryFn: ({ signal }) => unwrap(api.GET('/sources/lines', { params: { query }, signal })),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: undefined,
  });

export const useSourceFields = (talker: string) =>
  useQuery({
    queryKey: [KEY, 'fields', talker],
    queryFn: ({ signal }) => unwrap(api.GET('/sources/fields', { params: { query: { talker } }, signal })),
    staleTime: SLOW_MS,
    placeholderData: undefined,
  });

export const useSourceRules = (id: string) =>
  useQuery({
    queryKey: [KEY, 'rules', id],
    queryFn: ({ signal }) => unwrap(api.GET('/sources/{id}/rules', { params: { path: { id } }, signal })),
    staleTime: SLOW_MS,
    placeholderData: undefined,
  });

export const useOnboardingList = () =>
  useQuery({
    queryKey: [KEY, 'onboarding'],
    queryFn: ({ signal }) => unwrap(api.GET('/sources/onboarding', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useOnboarding = (id: string) =>
  useQuery({
    queryKey: [KEY, 'onboarding', id],
    queryFn: ({ signal }) => unwrap(api.GET('/sources/onboarding/{id}', { params: { path: { id } }, signal })),
    enabled: id !== '',
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: undefined,
  });

export const useTemplates = () =>
  useQuery({
    queryKey: [KEY, 'templates'],
    queryFn: ({ signal }) => unwrap(api.GET('/sources/templates', { signal })),
  });

export const useDraft = (id: string | undefined) =>
  useQuery({
    queryKey: [KEY, 'draft', id],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/sources/templates/{id}/draft', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
    placeholderData: undefined,
  });
