// SPDX-License-Identifier: Apache-2.0
// Incidents, their tasks, files and reports. Everything that changes one asks for all of it anew: an incident's state,
// its timeline and its clock move together.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from './client';
import { REFRESH_MS } from './queries';
import type { components, operations } from './schema';

type Schemas = components['schemas'];
export type Incident = Schemas['Incident'];
export type IncidentDetail = Schemas['IncidentDetail'];
export type IncidentStatus = Schemas['IncidentStatus'];
export type IncidentAsset = Schemas['IncidentAsset'];
export type IncidentRule = Schemas['IncidentRule'];
export type AlertSubject = Schemas['AlertSubject'];
export type Task = Schemas['Task'];
export type TaskChange = Schemas['TaskChange'];
export type TimelineLine = Schemas['TimelineLine'];
export type ReportDuty = Schemas['ReportDuty'];
export type IncidentQuery = NonNullable<operations['listIncidents']['parameters']['query']>;
export type IncidentFile = IncidentDetail['files'][number];

export const OPEN_INCIDENT: readonly IncidentStatus[] = ['new', 'triage', 'handling', 'rectification'];

const KEY = 'incidents';
const PAGE = 100;
const ALERTS_PAGE = 500;
const LINES_PAGE = 1000;

export const ifMatch = (version: number) => ({ 'If-Match': `"v${version}"` });

export const useIncidents = (query: IncidentQuery) =>
  useInfiniteQuery({
    queryKey: [KEY, 'list', query],
    queryFn: ({ signal, pageParam }) =>
      unwrap(api.GET('/incidents', { params: { query: { ...query, limit: PAGE, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: REFRESH_MS,
  });

export const useIncidentSummary = (drill: boolean | undefined) =>
  useQuery({
    queryKey: [KEY, 'summary', drill],
    queryFn: ({ signal }) => unwrap(api.GET('/incidents/summary', { params: { query: { drill } }, signal })),
    refetchInterval: REFRESH_MS,
  });

/** Incidents that somebody looks for by number or words, to merge into. */
export const useFindIncidents = (q: string, enabled: boolean) =>
  useQuery({
    queryKey: [KEY, 'find', q],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/incidents', { params: { query: { q, open: true, limit: 20 } }, signal })),
    enabled,
  });

const byId = (id: number) => ({ params: { path: { id } } });

export const useIncident = (id: number) =>
  useQuery({
    queryKey: [KEY, id, 'whole'],
    queryFn: ({ signal }) => unwrap(api.GET('/incidents/{id}', { ...byId(id), signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: undefined,
  });

export const useCategories = () =>
  useQuery({
    queryKey: [KEY, 'categories'],
    queryFn: ({ signal }) => unwrap(api.GET('/incidents/categories', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useAssignees = (enabled: boolean) =>
  useQuery({
    queryKey: [KEY, 'assignees'],
    queryFn: ({ signal }) => unwrap(api.GET('/incidents/assignees', { signal })),
    enabled,
    staleTime: 60_000,
  });

export const useIncidentAlerts = (id: number) =>
  useInfiniteQuery({
    queryKey: [KEY, id, 'alerts'],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        api.GET('/incidents/{id}/alerts', {
          params: { path: { id }, query: { limit: ALERTS_PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });

export const useIncidentSubjects = (id: number) =>
  useQuery({
    queryKey: [KEY, id, 'entities'],
    queryFn: ({ signal }) => unwrap(api.GET('/incidents/{id}/entities', { ...byId(id), signal })),
    placeholderData: undefined,
  });

export const useIncidentTimeline = (id: number) =>
  useQuery({
    queryKey: [KEY, id, 'timeline'],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/incidents/{id}/timeline', {
          params: { path: { id }, query: { limit: LINES_PAGE } },
          signal,
        }),
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: undefined,
  });

export const useIncidentReports = (id: number) =>
  useQuery({
    queryKey: [KEY, id, 'reports'],
    queryFn: ({ signal }) => unwrap(api.GET('/incidents/{id}/reports', { ...byId(id), signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: undefined,
  });

export const useDueReports = () =>
  useQuery({
    queryKey: [KEY, 'due'],
    queryFn: ({ signal }) => unwrap(api.GET('/reports/due', { params: { query: { limit: 1000 } }, signal })),
    refetchInterval: REFRESH_MS,
  });

/** Who answers for it today, by what the incident met it as. */
export const useOwnerNow = (what: string) =>
  useQuery({
    queryKey: ['assets', 'owner', what],
    queryFn: ({ signal }) => unwrap(api.GET('/owner', { params: { query: { what } }, signal })),
    staleTime: 300_000,
  });

export const useOnDuty = (enabled: boolean) =>
  useQuery({
    queryKey: ['duty', 'now'],
    queryFn: ({ signal }) => unwrap(api.GET('/duty', { signal })),
    enabled,
    staleTime: 60_000,
  });

export const useUnits = (enabled = true) =>
  useQuery({
    queryKey: ['assets', 'units', 'names'],
    queryFn: ({ signal }) => unwrap(api.GET('/units', { signal })),
    enabled,
    staleTime: 300_000,
  });

/** What was done and how it came out, then everything about incidents anew; also after a refusal, which may be old news. */
export function useWork<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: [KEY] }),
        client.invalidateQueries({ queryKey: ['rectifications'] }),
      ]),
  });
}

export type IncidentChange = NonNullable<
  operations['updateIncident']['requestBody']
>['content']['application/json'];

interface Change {
  id: number;
  version: number;
  body: IncidentChange;
}

export const changeIncident = ({ id, version, body }: Change) =>
  unwrap(api.PATCH('/incidents/{id}', { params: { path: { id }, header: ifMatch(version) }, body }));

export const useChangeIncident = () => useWork(changeIncident);

interface Move {
  id: number;
  version: number;
  reason?: string;
}

/** The header is the API's for every change of an object; openapi-typescript knows it where the document says so. */
const moving = ({ id, version }: Move) => ({
  params: { path: { id } },
  headers: ifMatch(version),
});

export const useMergeIncident = () =>
  useWork(({ into, reason, ...move }: Move & { into: number }) =>
    unwrap(api.POST('/incidents/{id}/merge', { ...moving(move), body: { into, reason } })),
  );

export const useSplitIncident = () =>
  useWork(({ alerts, reason, ...move }: Move & { alerts: string[] }) =>
    unwrap(api.POST('/incidents/{id}/split', { ...moving(move), body: { alerts, reason } })),
  );

export const useReopenIncident = () =>
  useWork(({ reason, ...move }: Move) =>
    unwrap(api.POST('/incidents/{id}/reopen', { ...moving(move), body: { reason } })),
  );

export const useAddNote = (id: number) =>
  useWork((text: string) => unwrap(api.POST('/incidents/{id}/notes', { ...byId(id), body: { text } })));

export const useAddTask = (id: number) =>
  useWork((body: TaskChange) => unwrap(api.POST('/incidents/{id}/tasks', { ...byId(id), body })));

export const useChangeTask = () =>
  useWork(({ task, body }: { task: Pick<Task, 'id' | 'incident' | 'version'>; body: TaskChange }) =>
    unwrap(
      api.PATCH('/incidents/{id}/tasks/{task}', {
        params: { path: { id: task.incident, task: task.id }, header: ifMatch(task.version) },
        body,
      }),
    ),
  );

export const useAddFile = (id: number) =>
  useWork(({ file, note }: { file: File; note?: string }) =>
    unwrap(
      api.POST('/incidents/{id}/files', {
        params: { path: { id }, query: { name: file.name, note } },
        body: file as unknown as string,
        headers: { 'Content-Type': 'application/octet-stream' },
      }),
    ),
  );

export const useCustody = (id: number, file: number, enabled: boolean) =>
  useQuery({
    queryKey: [KEY, id, 'custody', file],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/incidents/{id}/files/{file}/custody', { params: { path: { id, file } }, signal })),
    enabled,
  });

export type Submission = operations['submitReport']['requestBody']['content']['application/json'];

const ofReport = ({ id, incident, version }: ReportDuty) => ({
  path: { id: incident, report: id },
  header: ifMatch(version),
});

export const useSubmitReport = () =>
  useWork(({ report, body }: { report: ReportDuty; body: Submission }) =>
    unwrap(api.POST('/incidents/{id}/reports/{report}/submitted', { params: ofReport(report), body })),
  );

export const useWaiveReport = () =>
  useWork(({ report, reason }: { report: ReportDuty; reason: string }) =>
    unwrap(
      api.POST('/incidents/{id}/reports/{report}/waive', { params: ofReport(report), body: { reason } }),
    ),
  );

export const fileHref = (id: number, file: number) => `/api/v1/incidents/${id}/files/${file}`;
export const custodyHref = (id: number, format: 'pdf' | 'docx') =>
  `/api/v1/incidents/${id}/custody?format=${format}`;
export const reportHref = ({ incident, id }: ReportDuty, format: 'pdf' | 'docx') =>
  `/api/v1/incidents/${incident}/reports/${id}/document?format=${format}`;
