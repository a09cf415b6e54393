// SPDX-License-Identifier: Apache-2.0
// Accounts: one's own second factor, sessions and tokens, and everybody's for those who keep them.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from './client';
import { SESSION_KEY } from './queries';
import type { Account, Role } from './types';

const OWN_KEY = ['own'];
const ACCOUNTS_KEY = ['accounts'];

export const useSecondFactor = () =>
  useQuery({
    queryKey: [...OWN_KEY, 'second-factor'],
    queryFn: ({ signal }) => unwrap(api.GET('/second-factor', { signal })),
  });

export const useSessions = () =>
  useQuery({
    queryKey: [...OWN_KEY, 'sessions'],
    queryFn: ({ signal }) => unwrap(api.GET('/sessions', { signal })),
  });

export const useTokens = () =>
  useQuery({
    queryKey: [...OWN_KEY, 'tokens'],
    queryFn: ({ signal }) => unwrap(api.GET('/tokens', { signal })),
  });

/** A change of one's own, after which everything of one's own is asked anew. */
function useOwn<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: OWN_KEY }) });
}

export interface Proof {
  password: string;
  code?: string;
}

export const useBeginSecondFactor = () =>
  useOwn((body: Proof) => unwrap(api.POST('/second-factor', { body })));

export const useConfirmSecondFactor = () =>
  useOwn((code: string) => unwrap(api.POST('/second-factor/confirm', { body: { code } })));

export const useRenewRecoveryCodes = () =>
  useOwn((body: Proof) => unwrap(api.POST('/second-factor/recovery-codes', { body })));

export const useRemoveSecondFactor = () =>
  useOwn((body: Proof) => unwrap(api.POST('/second-factor/remove', { body })));

/** Asks anew who is signed in: what was due may be done. */
export function useRefreshSession() {
  const client = useQueryClient();
  return () => client.refetchQueries({ queryKey: SESSION_KEY });
}

export const useEndSession = () =>
  useOwn((id: number) => unwrap(api.DELETE('/sessions/{id}', { params: { path: { id } } })));

export const useEndOtherSessions = () => useOwn(() => unwrap(api.DELETE('/sessions')));

export interface TokenWish {
  password: string;
  name: string;
  permissions: string[];
  read_only: boolean;
  days: number;
}

export const useAddToken = () => useOwn((body: TokenWish) => unwrap(api.POST('/tokens', { body })));

export const useRemoveToken = () =>
  useOwn((id: number) => unwrap(api.DELETE('/tokens/{id}', { params: { path: { id } } })));

export const useAccounts = () =>
  useQuery({
    queryKey: ACCOUNTS_KEY,
    queryFn: ({ signal }) => unwrap(api.GET('/accounts', { signal })),
  });

function useOnAccounts<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: ACCOUNTS_KEY }) });
}

export interface AccountWish {
  name: string;
  role: Role;
  unit?: number | null;
}

export const useAddAccount = () =>
  useOnAccounts((body: AccountWish) => unwrap(api.POST('/accounts', { body })));

export interface AccountChange {
  account: Account;
  change: { role?: Role; unit?: number | null; disabled?: boolean };
}

export const useChangeAccount = () =>
  useOnAccounts(({ account: { name, version }, change: body }: AccountChange) => {
    const params = { path: { name }, header: { 'If-Match': `"v${version}"` } };
    return unwrap(api.PATCH('/accounts/{name}', { params, body }));
  });

const byName = (name: string) => ({ params: { path: { name } } });

export const useResetPassword = () =>
  useOnAccounts((name: string) => unwrap(api.POST('/accounts/{name}/password', byName(name))));

export const useResetSecondFactor = () =>
  useOnAccounts((name: string) => unwrap(api.POST('/accounts/{name}/second-factor/reset', byName(name))));

export const useEndAccountSessions = () =>
  useOnAccounts((name: string) => unwrap(api.POST('/accounts/{name}/sessions/end', byName(name))));
