// SPDX-License-Identifier: Apache-2.0
// Tables into the register: dry runs, the real thing, what was imported and how to take it back.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from './client';
import type { components } from './schema';

export type ImportAnswer = components['schemas']['ImportAnswer'];
export type ImportRow = components['schemas']['ImportRow'];
export type Remark = ImportRow['remarks'][number];
export type DoneImport = components['schemas']['Import'];
export type TableKind = DoneImport['kind'];
export type Verdict = ImportRow['verdict'];
export const TABLE_KINDS: readonly TableKind[] = ['units', 'people', 'assets', 'duties'];
export const VERDICTS: readonly Verdict[] = ['error', 'conflict', 'new', 'changed', 'unchanged'];

const KEY = 'assets';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const PAGE = 20;

/** What of a table is to be done, and how it was decided where it contradicts the register. */
export interface ImportWish {
  kind: TableKind;
  file: File;
  skipErrors: boolean;
  onConflict?: 'keep' | 'take';
  /** By line. */
  choices: Readonly<Record<number, 'keep' | 'take'>>;
  from?: string;
  reason: string;
}

const linesOf = (choices: ImportWish['choices'], choice: 'keep' | 'take') =>
  Object.keys(choices)
    .filter((line) => choices[Number(line)] === choice)
    .join(',') || undefined;

function send(wish: ImportWish, token: string | undefined, signal?: AbortSignal) {
  const { kind, file, skipErrors, onConflict, choices, from, reason } = wish;
  const query = {
    kind,
    dry_run: token === undefined,
    token,
    skip_errors: skipErrors,
    on_conflict: onConflict,
    keep: linesOf(choices, 'keep'),
    take: linesOf(choices, 'take'),
    from,
    file: file.name,
    reason: reason || undefined,
  };
  const type = /\.csv$/i.test(file.name) ? 'text/csv' : XLSX;
  const body = new Blob([file], { type }) as unknown as string;
  return unwrap(api.POST('/register/import', { params: { query }, body, headers: { 'Content-Type': type }, signal }));
}

/** What the table would do, row by row. */
export const useDryRun = (wish: ImportWish | undefined) =>
  useQuery({
    queryKey: [
      'import',
      wish && [wish.kind, wish.file.name, wish.file.size, wish.file.lastModified],
      wish && [wish.skipErrors, wish.onConflict, wish.choices, wish.from, wish.reason],
    ],
    queryFn: ({ signal }) => (wish ? send(wish, undefined, signal) : null),
    enabled: wish !== undefined,
    gcTime: 0,
    retry: false,
  });

export function useImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ wish, token }: { wish: ImportWish; token: string }) => send(wish, token),
    onSuccess: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}

export const useImports = () =>
  useInfiniteQuery({
    queryKey: [KEY, 'imports'],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, cursor: pageParam };
      return unwrap(api.GET('/register/imports', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });

export function useUndoImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => unwrap(api.POST('/register/imports/{id}/undo', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}

/** Where a table is fetched from: the browser saves what it gets there. */
export const tablePath = (what: 'template' | 'export', kind: TableKind, format: 'xlsx' | 'csv') =>
  `/api/v1/register/${what}?kind=${kind}&format=${format}`;
