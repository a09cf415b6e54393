// SPDX-License-Identifier: Apache-2.0
// What the hunt asks: values, fields, counts over time, who an entity is, SQL.
import { useMutation, useQuery } from '@tanstack/react-query';
import { concealUrl } from '../lib/hidden';
import type { Range } from '../lib/time';
import { api, unwrap } from './client';
import type { EventSearch } from './queries';

const BUCKETS = 80;
const PAGE = 10;
const VALUES = 10;
const OFFERED = 8;

const searchQuery = ({ from, to, q }: EventSearch) => ({ from, to, q: q || undefined });

/** by: a field whose most frequent values are counted apart. */
export const useHistogram = (search: EventSearch, by = '', enabled = true) =>
  useQuery({
    queryKey: ['histogram', search, by],
    queryFn: ({ signal }) => {
      const query = { ...searchQuery(search), buckets: BUCKETS, by: by || undefined };
      return unwrap(api.GET('/events/histogram', { params: { query }, signal }));
    },
    enabled,
  });

/** While somebody types: what does not come at once is not missed. */
export const useOfferedValues = (range: Range, field: string | undefined, prefix: string) =>
  useQuery({
    queryKey: ['values', range, field, prefix],
    queryFn: ({ signal }) => {
      const query = { ...range, field: field ?? '', prefix: prefix || undefined, limit: OFFERED };
      return unwrap(api.GET('/events/values', { params: { query }, signal }));
    },
    enabled: field !== undefined,
    retry: false,
    staleTime: 60_000,
    placeholderData: undefined,
  });

export const useValues = (search: EventSearch, field: string, limit = VALUES) =>
  useQuery({
    queryKey: ['values', search, field, limit],
    queryFn: ({ signal }) => {
      const query = { ...searchQuery(search), field, limit };
      return unwrap(api.GET('/events/values', { params: { query }, signal }));
    },
  });

export const useStatistics = (search: EventSearch, field: string) =>
  useQuery({
    queryKey: ['statistics', search, field],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/events/statistics', { params: { query: { ...searchQuery(search), field } }, signal })),
    placeholderData: undefined,
  });

export const usePresentFields = (search: EventSearch, enabled: boolean) =>
  useQuery({
    queryKey: ['present-fields', search],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/events/fields', { params: { query: searchQuery(search) }, signal })),
    enabled,
  });

/** The newest events of a search, as many as fit beside other things. */
export const useNewest = (search: EventSearch, columns: readonly string[]) =>
  useQuery({
    queryKey: ['events', 'newest', search, columns],
    queryFn: ({ signal }) => {
      const query = { ...searchQuery(search), columns: columns.join(','), limit: PAGE };
      return unwrap(api.GET('/events', { params: { query }, signal }));
    },
  });

export type Format = 'csv' | 'ndjson' | 'xlsx';

/** Where the browser fetches the file; hidden characters are themselves again. */
export function exportUrl(search: EventSearch, columns: readonly string[], format: Format): string {
  const params = new URLSearchParams({ ...search, columns: columns.join(','), format });
  return concealUrl(`/api/v1/events/export?${params}`);
}

export const useOwner = (what: string, at?: string, enabled = true) =>
  useQuery({
    queryKey: ['owner', what, at],
    queryFn: ({ signal }) => unwrap(api.GET('/owner', { params: { query: { what, at } }, signal })),
    enabled,
    placeholderData: undefined,
  });

export const useWho = (query: { what: string; at?: string; from?: string; to?: string }, enabled = true) =>
  useQuery({
    queryKey: ['who', query],
    queryFn: ({ signal }) => unwrap(api.GET('/who', { params: { query }, signal })),
    enabled,
    placeholderData: undefined,
  });

export const useAlertsAbout = (range: Range, value: string) =>
  useQuery({
    queryKey: ['alerts', 'about', range, value],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/alerts', { params: { query: { ...range, q: value, limit: PAGE } }, signal })),
  });

export const useIncidentsAbout = (range: Range, value: string, enabled: boolean) =>
  useQuery({
    queryKey: ['incidents', 'about', range, value],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/incidents', { params: { query: { ...range, q: value, limit: PAGE } }, signal })),
    enabled,
  });

export const useSql = () =>
  useMutation({
    mutationFn: ({ query, signal }: { query: string; signal: AbortSignal }) =>
      unwrap(api.POST('/sql', { body: { query }, signal })),
  });
