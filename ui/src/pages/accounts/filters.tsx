// SPDX-License-Identifier: Apache-2.0
// Which accounts are shown: by name, role and state; all of them are there already.
import { Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Account, Role } from '../../api/types';
import { ROLES } from '../../api/types';
import { list, type StateOf, text } from '../../lib/url-state';
import { useRoleOptions } from './form';

export const ACCOUNT_STATES = ['disabled', 'mustChange', 'noFactor', 'never'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

export const ACCOUNTS_STATE = { q: text(), role: list<Role>(ROLES), state: list<AccountState>(ACCOUNT_STATES) };
type State = StateOf<typeof ACCOUNTS_STATE>;

const HOLDS: Record<AccountState, (account: Account) => boolean> = {
  disabled: ({ disabled }) => disabled,
  mustChange: ({ must_change_password }) => must_change_password,
  noFactor: ({ second_factor }) => !second_factor,
  never: ({ last_login }) => last_login === undefined,
};

export function filterAccounts(accounts: readonly Account[], { q, role, state }: State): Account[] {
  const part = q.trim().toLowerCase();
  return accounts.filter(
    (account) =>
      account.name.toLowerCase().includes(part) &&
      (role.length === 0 || role.includes(account.role)) &&
      state.every((name) => HOLDS[name](account)),
  );
}

export function AccountFilters({ state, onChange }: { state: State; onChange: (part: Partial<State>) => void }) {
  const { t } = useTranslation();
  const roles = useRoleOptions();
  return (
    <search className="filters">
      <Input
        className="filter-text"
        allowClear
        value={state.q}
        maxLength={64}
        placeholder={t('accounts.name')}
        aria-label={t('accounts.name')}
        onChange={(event) => onChange({ q: event.target.value })}
      />
      <Select<Role[]>
        mode="multiple"
        className="filter-status"
        maxTagCount="responsive"
        value={[...state.role]}
        options={roles}
        placeholder={t('accounts.role')}
        aria-label={t('accounts.role')}
        onChange={(role) => onChange({ role })}
      />
      <Select<AccountState[]>
        mode="multiple"
        className="filter-status"
        maxTagCount="responsive"
        value={[...state.state]}
        options={ACCOUNT_STATES.map((value) => ({ value, label: t(`accounts.${value}`) }))}
        placeholder={t('accounts.state')}
        aria-label={t('accounts.state')}
        onChange={(chosen) => onChange({ state: chosen })}
      />
    </search>
  );
}
