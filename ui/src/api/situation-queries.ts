// SPDX-License-Identifier: Apache-2.0
// How things stand: what the situation and the big screen ask for beside the overview.
import { useQuery } from '@tanstack/react-query';
import type { Range } from '../lib/time';
import { api, unwrap } from './client';
import { REFRESH_MS } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Situation = Schemas['Situation'];
export type Places = Schemas['Places'];
export type Zone = Places['zones'][number];
export type ThreatPart = Situation['threat']['parts'][number];
export type Incident = Schemas['Incident'];
export type Shift = Schemas['Shift'];

const SLOW_MS = 60_000;
const HAZARD_ROWS = 50;

export const useSituation = () =>
  useQuery({
    queryKey: ['overview', 'situation'],
    queryFn: ({ signal }) => unwrap(api.GET('/situation', { signal })),
    refetchInterval: REFRESH_MS,
  });

export const usePlaces = (range: Range) =>
  useQuery({
    queryKey: ['overview', 'places', range],
    queryFn: ({ signal }) => unwrap(api.GET('/situation/places', { params: { query: range }, signal })),
    refetchInterval: SLOW_MS,
  });

/** Who is on duty now and next. */
export const useDutyNow = () =>
  useQuery({
    queryKey: ['duty', 'now'],
    queryFn: ({ signal }) => unwrap(api.GET('/duty', { signal })),
    refetchInterval: SLOW_MS,
  });

/** Open incidents, the newest first. */
export const useOpenIncidents = (limit: number) =>
  useQuery({
    queryKey: ['incidents', 'open', limit],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/incidents', { params: { query: { open: true, limit } }, signal })),
    refetchInterval: REFRESH_MS,
  });

/** Reports to authorities whose clock runs, the most urgent first. */
export const useDueReports = (limit: number) =>
  useQuery({
    queryKey: ['incidents', 'reports-due', limit],
    queryFn: ({ signal }) => unwrap(api.GET('/reports/due', { params: { query: { limit } }, signal })),
    refetchInterval: REFRESH_MS,
  });

export const useRectifications = (limit: number) =>
  useQuery({
    queryKey: ['rectifications', 'newest', limit],
    queryFn: ({ signal }) => unwrap(api.GET('/rectifications', { params: { query: { limit } }, signal })),
    refetchInterval: SLOW_MS,
  });

/** Addresses of one's own that are in no register. */
export const useUnregistered = () =>
  useQuery({
    queryKey: ['assets', 'unregistered', HAZARD_ROWS],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/assets/unregistered', { params: { query: { from: '-7d', limit: HAZARD_ROWS } }, signal })),
    refetchInterval: 5 * SLOW_MS,
  });

/** Assets in service of which nothing has been seen for long. */
export const useZombies = () =>
  useQuery({
    queryKey: ['assets', 'zombies'],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/zombies', { signal })),
    refetchInterval: 5 * SLOW_MS,
  });

/** The riskiest assets by what their alerts gave them. */
export const useRisk = (kind: 'asset', limit: number, drill: boolean) =>
  useQuery({
    queryKey: ['incidents', 'risk', kind, limit, drill],
    queryFn: ({ signal }) => unwrap(api.GET('/risk', { params: { query: { kind, limit, drill } }, signal })),
    refetchInterval: SLOW_MS,
  });
