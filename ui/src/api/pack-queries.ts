// SPDX-License-Identifier: Apache-2.0
// Packs of rules: what was uploaded and what it would change, their versions, back and away.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type PackImport = Schemas['RuleImport'];
export type PackNews = Schemas['RuleImportItem']['news'];
export type PackLoss = NonNullable<PackImport['lost']>[number];
export type PackVersion = Schemas['RulePackVersions']['items'][number];

const RULES_KEY = ['rules'];
const ASK_MS = 500;
const BINARY = 'application/octet-stream';

export interface PackUpload {
  name: string;
  version?: string;
  file: File;
}

export const useUploadPack = () =>
  useMutation({
    mutationFn: ({ name, version, file }: PackUpload) => {
      const query = { name, version, file: file.name };
      const body = new Blob([file], { type: BINARY }) as unknown as string;
      return unwrap(api.POST('/rules/imports', { params: { query }, body, headers: { 'Content-Type': BINARY } }));
    },
  });

export const isTried = ({ state }: PackImport) => state === 'done' || state === 'failed';

/** A dry run, asked until it ends. */
export const usePackImport = (id: string) =>
  useQuery({
    queryKey: ['rule-import', id],
    queryFn: ({ signal }) => unwrap(api.GET('/rules/imports/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.error || (state.data && isTried(state.data)) ? false : ASK_MS),
    retry: false,
  });

/** A change of packs: everything about rules is asked anew. */
function useChange<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: RULES_KEY }) });
}

/** Puts in force what the dry run showed, and nothing else. */
export const useEnforcePack = () =>
  useChange(({ id, seen, reason }: { id: string; seen: PackImport; reason?: string }) =>
    unwrap(
      api.POST('/rules/imports/{id}/enforce', {
        params: { path: { id } },
        body: { version: seen.version ?? '', base: seen.base, sha256: seen.sha256 ?? '', reason },
      }),
    ),
  );

export const useDropPackImport = () =>
  useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE('/rules/imports/{id}', { params: { path: { id } } })),
  });

export const usePackVersions = (name: string) =>
  useQuery({
    queryKey: [...RULES_KEY, 'versions', name],
    queryFn: ({ signal }) => unwrap(api.GET('/rules/packs/{name}/versions', { params: { path: { name } }, signal })),
  });

export const useRollBackPack = () =>
  useChange(({ name, ...body }: { name: string; version: string; from: string; reason?: string }) =>
    unwrap(api.POST('/rules/packs/{name}/rollback', { params: { path: { name } }, body })),
  );

/** Its versions are not asked for again: they are gone. */
export function useRemovePack() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => unwrap(api.DELETE('/rules/packs/{name}', { params: { path: { name } } })),
    onSuccess: () =>
      client.invalidateQueries({ queryKey: RULES_KEY, predicate: ({ queryKey }) => queryKey[1] !== 'versions' }),
  });
}
