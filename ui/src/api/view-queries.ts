// SPDX-License-Identifier: Apache-2.0
// Saved views: what a page shows, under a name.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from './client';
import type { View, ViewPage } from './types';

const VIEWS_KEY = ['views'];

export const useViews = (page: ViewPage) =>
  useQuery({
    queryKey: [...VIEWS_KEY, page],
    queryFn: ({ signal }) => unwrap(api.GET('/views', { params: { query: { page } }, signal })),
    placeholderData: undefined,
    staleTime: 60_000,
  });

function useChange<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    // Also where it failed: somebody else may have been faster.
    onSettled: () => client.invalidateQueries({ queryKey: VIEWS_KEY }),
  });
}

export type NewView = Pick<View, 'page' | 'name' | 'query'> & Partial<Pick<View, 'shared' | 'default'>>;
export type ViewChange = Partial<Pick<View, 'name' | 'query' | 'shared' | 'default'>>;

const saw = ({ id, version }: Pick<View, 'id' | 'version'>) => ({
  path: { id },
  header: { 'If-Match': `"v${version}"` },
});

export const useAddView = () => useChange((body: NewView) => unwrap(api.POST('/views', { body })));

export const useUpdateView = () =>
  useChange(({ view, change }: { view: Pick<View, 'id' | 'version'>; change: ViewChange }) =>
    unwrap(api.PATCH('/views/{id}', { params: saw(view), body: change })),
  );

export const useRemoveView = () =>
  useChange((view: View) => unwrap(api.DELETE('/views/{id}', { params: saw(view) })));
