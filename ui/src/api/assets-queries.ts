// SPDX-License-Identifier: Apache-2.0
// The register and what the events say of its assets.
import { useInfiniteQuery, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import type { View } from '../lib/register';
import type { Range } from '../lib/time';
import { api, unwrap } from './client';
import { ApiError } from './errors';
import type { components, operations } from './schema';

type Schemas = components['schemas'];
export type AssetDetail = Schemas['AssetDetail'];
export type AssetBody = Schemas['AssetBody'];
export type AssetChange = Schemas['AssetChange'];
export type UnitDetail = Schemas['UnitDetail'];
export type PersonDetail = Schemas['PersonDetail'];
export type Incident = Schemas['Incident'];
export type WhoSpan = Schemas['WhoSpan'];
export type Unregistered = Schemas['Unregistered']['items'][number];
export type Ignored = Schemas['Ignored'];
export type UnregisteredKind = NonNullable<
  NonNullable<operations['listUnregistered']['parameters']['query']>['kind']
>;

/** What all questions about the register begin with. */
export const REGISTER = 'assets';
const KEY = REGISTER;
const PAGE = 100;
const LISTED = 1000;
/** Units and counts are asked for by many parts of a page at once. */
const FRESH_MS = 30_000;

const viewQuery = ({ at, known }: View) => ({ at: at || undefined, known: known || undefined });

/* --- lists ------------------------------------------------------------------------------------------------ */

export interface AssetFilter {
  kind: readonly string[];
  life: readonly string[];
  exposure: readonly string[];
  criticality: readonly string[];
  mlps: readonly string[];
  q: string;
}

const filterQuery = (filter: AssetFilter) => ({
  kind: filter.kind.join(',') || undefined,
  life: filter.life.join(',') || undefined,
  exposure: filter.exposure.join(',') || undefined,
  criticality: filter.criticality.join(',') || undefined,
  mlps: filter.mlps.join(',') || undefined,
  q: filter.q || undefined,
});

export const useAssets = (filter: AssetFilter, unit: string, view: View) =>
  useInfiniteQuery({
    queryKey: [KEY, 'list', filter, unit, view],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filterQuery(filter), ...viewQuery(view), unit: unit || undefined, cursor: pageParam, limit: PAGE };
      return unwrap(api.GET('/assets', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });

export const useAssetCounts = (filter: AssetFilter, view: View) =>
  useQuery({
    queryKey: [KEY, 'counts', filter, view],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/assets/counts', { params: { query: { ...filterQuery(filter), ...viewQuery(view) } }, signal })),
    staleTime: FRESH_MS,
  });

export const ALL_ASSETS: AssetFilter = { kind: [], life: [], exposure: [], criticality: [], mlps: [], q: '' };

export const useUnits = (view: View) =>
  useQuery({
    queryKey: [KEY, 'units', view],
    queryFn: ({ signal }) => unwrap(api.GET('/units', { params: { query: viewQuery(view) }, signal })),
    staleTime: FRESH_MS,
  });

export const usePeople = (q: string, unit: string, view: View) =>
  useInfiniteQuery({
    queryKey: [KEY, 'people', q, unit, view],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...viewQuery(view), q: q || undefined, unit: Number(unit) || undefined, cursor: pageParam, limit: PAGE };
      return unwrap(api.GET('/people', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });

/** Who heads each unit now. */
export const useHeads = (view: View) =>
  useQuery({
    queryKey: [KEY, 'heads', view],
    queryFn: ({ signal }) => {
      const query = { ...viewQuery(view), duty: 'first_responsible' as const, limit: LISTED };
      return unwrap(api.GET('/duties', { params: { query }, signal }));
    },
    staleTime: FRESH_MS,
  });

/* --- one of them ------------------------------------------------------------------------------------------ */

const byId = (id: number, view: View) => ({ params: { path: { id }, query: viewQuery(view) } });

export const useAsset = (id: number, view: View) =>
  useQuery({
    queryKey: [KEY, 'asset', id, view],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/{id}', { ...byId(id, view), signal })),
    placeholderData: undefined,
  });

export const useUnit = (id: number, view: View) =>
  useQuery({
    queryKey: [KEY, 'unit', id, view],
    queryFn: ({ signal }) => unwrap(api.GET('/units/{id}', { ...byId(id, view), signal })),
    placeholderData: undefined,
  });

export const usePerson = (id: number, view: View) =>
  useQuery({
    queryKey: [KEY, 'person', id, view],
    queryFn: ({ signal }) => unwrap(api.GET('/people/{id}', { ...byId(id, view), signal })),
    placeholderData: undefined,
  });

export type Kind = 'assets' | 'units' | 'people' | 'duties';

async function stateOf(kind: Kind, id: number, view: View, signal: AbortSignal): Promise<object | null> {
  const at = { ...byId(id, view), signal };
  try {
    if (kind === 'assets') return await unwrap(api.GET('/assets/{id}', at));
    if (kind === 'units') return await unwrap(api.GET('/units/{id}', at));
    if (kind === 'duties') return await unwrap(api.GET('/duties/{id}', at));
    return await unwrap(api.GET('/people/{id}', at));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** A thing at a moment as was known at another; null where there was none. What was known then never changes. */
export const useStates = (kind: Kind, id: number, views: readonly View[]) =>
  useQueries({
    queries: views.map((view) => ({
      queryKey: [KEY, 'state', kind, id, view],
      queryFn: ({ signal }: { signal: AbortSignal }) => stateOf(kind, id, view, signal),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });

/* --- changes ---------------------------------------------------------------------------------------------- */

function useOnRegister<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: [KEY] }) });
}

const match = (version: number) => ({ 'If-Match': `"v${version}"` });

export interface Edit<B> {
  id: number;
  version: number;
  body: B;
}

export interface Closing {
  id: number;
  version: number;
  at?: string;
  reason?: string;
}

export const useAddAsset = () => useOnRegister((body: AssetBody) => unwrap(api.POST('/assets', { body })));

export const useChangeAsset = () =>
  useOnRegister(({ id, version, body }: Edit<AssetChange>) =>
    unwrap(api.PATCH('/assets/{id}', { params: { path: { id }, header: match(version) }, body })),
  );

export const useAddUnit = () =>
  useOnRegister((body: Schemas['UnitBody']) => unwrap(api.POST('/units', { body })));

export const useChangeUnit = () =>
  useOnRegister(({ id, version, body }: Edit<Schemas['UnitChange']>) =>
    unwrap(api.PATCH('/units/{id}', { params: { path: { id }, header: match(version) }, body })),
  );

export const useAddPerson = () =>
  useOnRegister((body: Schemas['PersonBody']) => unwrap(api.POST('/people', { body })));

export const useChangePerson = () =>
  useOnRegister(({ id, version, body }: Edit<Schemas['PersonChange']>) =>
    unwrap(api.PATCH('/people/{id}', { params: { path: { id }, header: match(version) }, body })),
  );

export const useAddDuty = () =>
  useOnRegister((body: Schemas['HeldDutyBody']) => unwrap(api.POST('/duties', { body })));

interface Stated {
  version: number;
  warnings?: string[];
}

export const useClose = (kind: Kind) =>
  useOnRegister(({ id, version, at, reason }: Closing): Promise<Stated> => {
    const params = { path: { id }, header: match(version), query: { at, reason: reason || undefined } };
    if (kind === 'assets') return unwrap(api.DELETE('/assets/{id}', { params }));
    if (kind === 'units') return unwrap(api.DELETE('/units/{id}', { params }));
    if (kind === 'people') return unwrap(api.DELETE('/people/{id}', { params }));
    return unwrap(api.DELETE('/duties/{id}', { params }));
  });

/** As if it had not been ended; a duty beside who may have it by now. */
export const useReopen = (kind: Kind) =>
  useOnRegister(({ id, version, reason }: Closing): Promise<Stated> => {
    const params = { path: { id }, header: match(version) };
    const body = { valid_to: null, reason: reason || undefined };
    if (kind === 'assets') return unwrap(api.PATCH('/assets/{id}', { params, body }));
    if (kind === 'units') return unwrap(api.PATCH('/units/{id}', { params, body }));
    if (kind === 'people') return unwrap(api.PATCH('/people/{id}', { params, body }));
    return unwrap(api.PATCH('/duties/{id}', { params, body: { ...body, also: true } }));
  });

/* --- what became of it ------------------------------------------------------------------------------------- */

export const useIncidentsOf = (of: { asset?: number; person?: number; unit?: number; open?: boolean }) =>
  useQuery({
    queryKey: ['incidents', 'of', of],
    queryFn: ({ signal }) => unwrap(api.GET('/incidents', { params: { query: { ...of, limit: 20 } }, signal })),
  });

/** Real alerts and those of drills apart. */
export const useRiskOf = (asset: number, enabled: boolean) =>
  useQuery({
    queryKey: ['incidents', 'risk', asset],
    queryFn: async ({ signal }) => {
      const ask = (drill: boolean) => {
        const query = { kind: 'asset' as const, value: String(asset), drill, limit: 1 };
        return unwrap(api.GET('/risk', { params: { query }, signal }));
      };
      const [real, drill] = await Promise.all([ask(false), ask(true)]);
      return { real: real.items[0], drill: drill.items[0] };
    },
    enabled,
  });

/** The newest alerts that name something of the asset's, apart by what they name. */
export const useAlertsNaming = (names: readonly string[], from: string, enabled: boolean) =>
  useQueries({
    queries: names.map((q) => ({
      queryKey: ['alerts', 'naming', q, from],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        unwrap(api.GET('/alerts', { params: { query: { q, from, to: 'now', limit: 5 } }, signal })),
      enabled,
    })),
  });

/* --- what the events say ------------------------------------------------------------------------------------ */

const profile = (id: number, range: Range) => ({ params: { path: { id }, query: range } });
/** Each look is in the audit trail: not asked anew by itself. */
const SEEN = { staleTime: 5 * 60_000, retry: false } as const;

export const useTraffic = (id: number, range: Range) =>
  useQuery({
    queryKey: [KEY, 'traffic', id, range],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/{id}/traffic', { ...profile(id, range), signal })),
    ...SEEN,
  });

export const usePeers = (id: number, range: Range) =>
  useQuery({
    queryKey: [KEY, 'peers', id, range],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/{id}/peers', { ...profile(id, range), signal })),
    ...SEEN,
  });

export const usePorts = (id: number, range: Range) =>
  useQuery({
    queryKey: [KEY, 'ports', id, range],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/{id}/ports', { ...profile(id, range), signal })),
    ...SEEN,
  });

export const useExposure = (id: number, range: Range) =>
  useQuery({
    queryKey: [KEY, 'exposure', id, range],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/{id}/exposure', { ...profile(id, range), signal })),
    ...SEEN,
  });

export const useSourcesOf = (id: number, range: Range) =>
  useQuery({
    queryKey: [KEY, 'sources', id, range],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/{id}/sources', { ...profile(id, range), signal })),
    ...SEEN,
  });

export const useHolders = (what: string, range: Range) =>
  useQuery({
    queryKey: [KEY, 'who', what, range],
    queryFn: ({ signal }) => unwrap(api.GET('/who', { params: { query: { what, ...range } }, signal })),
    enabled: what !== '',
    ...SEEN,
  });

/* --- unregistered, zombies ------------------------------------------------------------------------------------ */

export const useUnregistered = (kind: UnregisteredKind, range: Range) =>
  useQuery({
    queryKey: [KEY, 'unregistered', kind, range],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/assets/unregistered', { params: { query: { kind, ...range, limit: 200 } }, signal })),
  });

export const useIgnored = (kind: UnregisteredKind) =>
  useQuery({
    queryKey: [KEY, 'ignored', kind],
    queryFn: ({ signal }) => unwrap(api.GET('/assets/unregistered/ignored', { params: { query: { kind } }, signal })),
  });

export const useIgnore = () =>
  useOnRegister((body: { kind: UnregisteredKind; value: string; until: string; reason: string }) =>
    unwrap(api.POST('/assets/unregistered/ignored', { body })),
  );

/** Shown again before its time. */
export const useEndIgnored = () =>
  useOnRegister((id: number) => unwrap(api.DELETE('/assets/unregistered/ignored/{id}', { params: { path: { id } } })));

export const useZombies = (days: number) =>
  useInfiniteQuery({
    queryKey: [KEY, 'zombies', days],
    queryFn: ({ pageParam, signal }) => {
      const query = { days, limit: 500, cursor: pageParam };
      return unwrap(api.GET('/assets/zombies', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });
