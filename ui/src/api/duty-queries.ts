// SPDX-License-Identifier: Apache-2.0
// Who is on duty, the roster, the log, daily safety reports, the plan's calendar.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Range } from '../lib/time';
import { api, unwrap } from './client';
import { REFRESH_MS } from './queries';
import type { components } from './schema';
import type { Level } from './types';

type Schemas = components['schemas'];
export type Shift = Schemas['Shift'];
export type ShiftNew = Schemas['ShiftNew'];
export type ShiftChange = Schemas['ShiftChange'];
export type DutyPlace = Schemas['DutyPlace'];
export type DutyPerson = Schemas['DutyPerson'];
export type Swap = Schemas['Swap'];
export type Handover = Schemas['Handover'];
export type DutyLine = Schemas['DutyLine'];
export type Period = Schemas['Period'];
export type PeriodNew = Schemas['PeriodNew'];
export type DutyReport = Schemas['DutyReport'];
export type Escalation = Schemas['Escalation'];
export type PersonFound = Schemas['Person'];

/** In the order in which they answer for one another. */
export const PLACES: readonly DutyPlace[] = ['officer', 'deputy', 'leader'];

const KEY = 'duty';
const PAGE = 50;
const FOUND = 20;

export const useDutyNow = () =>
  useQuery({
    queryKey: [KEY, 'now'],
    queryFn: ({ signal }) => unwrap(api.GET('/duty', { signal })),
    refetchInterval: REFRESH_MS,
  });

export const useShifts = ({ from, to }: Range) =>
  useQuery({
    queryKey: [KEY, 'shifts', from, to],
    queryFn: ({ signal }) => unwrap(api.GET('/duty/shifts', { params: { query: { from, to } }, signal })),
  });

export const useCalendar = ({ from, to }: Range) =>
  useQuery({
    queryKey: [KEY, 'calendar', from, to],
    queryFn: ({ signal }) => unwrap(api.GET('/duty/calendar', { params: { query: { from, to } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useSwaps = () =>
  useQuery({
    queryKey: [KEY, 'swaps'],
    queryFn: ({ signal }) => unwrap(api.GET('/duty/swaps', { signal })),
    refetchInterval: REFRESH_MS,
  });

export const useDutyLog = ({ from, to }: Range) =>
  useInfiniteQuery({
    queryKey: [KEY, 'log', from, to],
    queryFn: ({ pageParam, signal }) => {
      const query = { from, to, limit: PAGE, cursor: pageParam };
      return unwrap(api.GET('/duty/log', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });

export const usePeriods = () =>
  useQuery({
    queryKey: [KEY, 'periods'],
    queryFn: ({ signal }) => unwrap(api.GET('/duty/periods', { signal })),
  });

export const useReports = () =>
  useInfiniteQuery({
    queryKey: [KEY, 'reports'],
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/duty/reports', { params: { query: { limit: PAGE, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });

export const useReport = (id: number) =>
  useQuery({
    queryKey: [KEY, 'report', id],
    queryFn: ({ signal }) => unwrap(api.GET('/duty/reports/{id}', { params: { path: { id } }, signal })),
    placeholderData: undefined,
  });

export const useEscalation = () =>
  useQuery({
    queryKey: [KEY, 'escalation'],
    queryFn: ({ signal }) => unwrap(api.GET('/duty/escalation', { signal })),
  });

/** People of the register by part of a name, number or telephone. */
export const usePeopleFound = (q: string) =>
  useQuery({
    queryKey: ['people', 'found', q],
    queryFn: ({ signal }) => unwrap(api.GET('/people', { params: { query: { q, limit: FOUND } }, signal })),
    enabled: q.length > 0,
  });

/** A change after which everything of duty is asked anew: a shift shows in the roster, the log and today. */
function useOnDuty<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: [KEY] }) });
}

const at = ({ id, version }: { id: number; version: number }) => ({
  path: { id },
  header: { 'If-Match': `"v${version}"` },
});

export const useAddShift = () =>
  useOnDuty((body: ShiftNew) => unwrap(api.POST('/duty/shifts', { body })));

export const useChangeShift = () =>
  useOnDuty(({ shift, change }: { shift: Shift; change: ShiftChange }) =>
    unwrap(api.PATCH('/duty/shifts/{id}', { params: at(shift), body: change })),
  );

export const useDeleteShift = () =>
  useOnDuty((shift: Shift) => unwrap(api.DELETE('/duty/shifts/{id}', { params: at(shift) })));

export interface Rotation {
  place: DutyPlace;
  from: string;
  to: string;
  hours: number;
  first: number;
  people: DutyPerson[];
}

export const useRotate = () =>
  useOnDuty((body: Rotation) => unwrap(api.POST('/duty/shifts/rotate', { body })));

export interface SwapWish extends DutyPerson {
  shift: number;
  against?: number;
  reason?: string;
}

export const useAskSwap = () => useOnDuty((body: SwapWish) => unwrap(api.POST('/duty/swaps', { body })));

export const useDecideSwap = () =>
  useOnDuty(({ id, state }: { id: number; state: 'accepted' | 'refused' | 'withdrawn' }) =>
    unwrap(api.PATCH('/duty/swaps/{id}', { params: { path: { id } }, body: { state } })),
  );

export const useLeaveHandover = () =>
  useOnDuty((note: string) => unwrap(api.POST('/duty/handover', { body: { note } })));

export const useTakeHandover = () => useOnDuty(() => unwrap(api.POST('/duty/takeover')));

export const useAddLine = () =>
  useOnDuty((body: { kind: 'note' | 'patrol'; text: string }) => unwrap(api.POST('/duty/log', { body })));

export const useSavePeriod = () =>
  useOnDuty(async ({ old, body }: { old?: Period; body: PeriodNew }) => {
    if (old) await unwrap(api.PUT('/duty/periods/{id}', { params: at(old), body }));
    else await unwrap(api.POST('/duty/periods', { body }));
  });

export const useDeletePeriod = () =>
  useOnDuty((period: Period) => unwrap(api.DELETE('/duty/periods/{id}', { params: at(period) })));

export const useMakeReport = () => useOnDuty(() => unwrap(api.POST('/duty/reports')));

export const useSignReport = () =>
  useOnDuty(({ report, comment }: { report: DutyReport; comment?: string }) =>
    unwrap(api.POST('/duty/reports/{id}/sign', { params: at(report), body: { comment } })),
  );

/** Where a report can be had as a document. */
export const reportDocument = (id: number, format: 'pdf' | 'docx') =>
  `/api/v1/duty/reports/${id}/document?format=${format}`;

/** doc/formats/duty.md: made once, never changed. */
export interface ReportContent {
  alerts: { total: number; open: number; by_level: Record<string, number> };
  incidents: {
    opened: number;
    closed: number;
    open: number;
    listed_out: number;
    list: {
      id: number;
      number: string;
      title: string;
      severity: Level;
      status: string;
      unit: string;
      responsible: string;
      created: string;
    }[];
  };
  coverage: {
    verdict: 'complete' | 'blind';
    until: string;
    sources: number;
    gap_count: number;
    gaps: {
      reason: string;
      from: string;
      to: string;
      who: string;
      acknowledged?: { reason: string; by: string; until: string };
    }[];
  };
  on_duty: { place: DutyPlace; name: string; phone: string; from: string; to: string }[];
  holes: { from: string; to: string }[];
  periods: { kind: Period['kind']; name: string; from: string; to: string }[];
  log: { time: string; kind: DutyLine['kind']; by: string; text: string }[];
}
