// SPDX-License-Identifier: Apache-2.0
// Notifications to units, as the centre works with them.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, unwrap } from './client';
import { ifMatch, useWork } from './incidents-queries';
import { REFRESH_MS } from './queries';
import type { components, operations } from './schema';

type Schemas = components['schemas'];
export type Rectification = Schemas['Rectification'];
export type RectificationRow = Schemas['RectificationRow'];
export type RectificationState = Schemas['RectificationState'];
export type RectificationInput = Schemas['RectificationInput'];
export type RectificationStep = Schemas['RectificationStep'];
export type RectificationQuery = NonNullable<operations['listRectifications']['parameters']['query']>;

export const RECTIFICATION_STATES: readonly RectificationState[] = [
  'draft',
  'sent',
  'confirmed',
  'reported',
  'returned',
  'accepted',
  'withdrawn',
];

const KEY = 'rectifications';
const PAGE = 100;

export const useRectifications = (query: RectificationQuery, enabled = true) =>
  useInfiniteQuery({
    queryKey: [KEY, 'list', query],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        api.GET('/rectifications', { params: { query: { ...query, limit: PAGE, cursor: pageParam } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: REFRESH_MS,
    enabled,
  });

export const useRectification = (id: number) =>
  useQuery({
    queryKey: [KEY, id],
    queryFn: ({ signal }) => unwrap(api.GET('/rectifications/{id}', { params: { path: { id } }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: undefined,
  });

export const useAddRectification = (incident: number) =>
  useWork((body: RectificationInput) =>
    unwrap(api.POST('/incidents/{id}/rectifications', { params: { path: { id: incident } }, body })),
  );

interface Of {
  id: number;
  version: number;
}

const of = ({ id, version }: Of) => ({ params: { path: { id } }, headers: ifMatch(version) });

export const useChangeRectification = () =>
  useWork(({ notice: { id, version }, body }: { notice: Of; body: RectificationInput }) =>
    unwrap(api.PATCH('/rectifications/{id}', { params: { path: { id }, header: ifMatch(version) }, body })),
  );

/** What the centre may do with one, and what each needs. */
export type Step =
  | { action: 'send'; body: { paper?: boolean } }
  | { action: 'accept' | 'remind'; body: { comment?: string } }
  | { action: 'return'; body: { comment: string; until?: string } }
  | { action: 'extend'; body: { granted: boolean; until?: string; comment?: string } }
  | { action: 'revoke'; body: { person?: number } }
  | { action: 'withdraw'; body: { comment: string } };

function take(notice: Of, step: Step) {
  const request = of(notice);
  switch (step.action) {
    case 'send':
      return api.POST('/rectifications/{id}/send', { ...request, body: step.body });
    case 'accept':
      return api.POST('/rectifications/{id}/accept', { ...request, body: step.body });
    case 'remind':
      return api.POST('/rectifications/{id}/remind', { ...request, body: step.body });
    case 'return':
      return api.POST('/rectifications/{id}/return', { ...request, body: step.body });
    case 'extend':
      return api.POST('/rectifications/{id}/extend', { ...request, body: step.body });
    case 'revoke':
      return api.POST('/rectifications/{id}/revoke', { ...request, body: step.body });
    case 'withdraw':
      return api.POST('/rectifications/{id}/withdraw', { ...request, body: step.body });
  }
}

export const useRectificationStep = () =>
  useWork(({ notice, step }: { notice: Of; step: Step }) => unwrap<Rectification>(take(notice, step)));

export const documentHref = (id: number, form: 'notice' | 'report', format: 'pdf' | 'docx') =>
  `/api/v1/rectifications/${id}/document?form=${form}&format=${format}`;
export const evidenceHref = (id: number, file: number) => `/api/v1/rectifications/${id}/files/${file}`;
