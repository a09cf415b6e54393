// SPDX-License-Identifier: Apache-2.0
import { MoreOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, Modal, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  useChangeAccount,
  useEndAccountSessions,
  useResetPassword,
  useResetSecondFactor,
} from '../../api/access-queries';
import { useSession } from '../../api/queries';
import type { Account, Role } from '../../api/types';
import { describe } from '../../components/describe';
import { Time } from '../../components/time';
import { useNarrowScroll } from '../../lib/use-narrow-scroll';
import { useRoleOptions } from './form';
import { AccountTokens } from './tokens';
import { UnitSelect } from './unit-select';

interface Props {
  accounts: Account[];
  loading: boolean;
  onPassword: (name: string, password: string) => void;
}

/** One's own, and those who watch, are not changed here; the server says so too. */
function useIsFixed() {
  const { data: session } = useSession();
  return (account: Account) =>
    account.role === 'audit_administrator' || account.name === session?.username;
}

function useTell() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return {
    onSuccess: () => {
      message.success(t('accounts.done'));
    },
    onError: (error: unknown) => {
      message.error(describe(t, error));
    },
  };
}

function RoleCell({ account }: { account: Account }) {
  const { t } = useTranslation();
  const change = useChangeAccount();
  const tell = useTell();
  const isFixed = useIsFixed();
  const options = useRoleOptions().filter(({ value }) => value !== 'audit_administrator');
  if (isFixed(account)) return <>{t(`role.${account.role}`)}</>;
  return (
    <div className="accounts-role-cell">
      <Select<Role>
        size="small"
        className="accounts-role"
        value={account.role}
        options={options}
        disabled={change.isPending}
        aria-label={t('accounts.role')}
        onChange={(role) => change.mutate({ account, change: { role } }, tell)}
      />
      {account.role === 'unit_responsible' && (
        <UnitSelect
          size="small"
          value={account.unit}
          disabled={change.isPending}
          onChange={(unit) => change.mutate({ account, change: { unit } }, tell)}
        />
      )}
    </div>
  );
}

function StateCell({ account }: { account: Account }) {
  const { t } = useTranslation();
  const states = [
    account.disabled && t('accounts.disabled'),
    account.must_change_password && t('accounts.mustChange'),
    account.second_factor && t('factor.title'),
    !account.second_factor && account.second_factor_due && t('accounts.noFactor'),
  ].filter(Boolean);
  return <span className={account.disabled ? 'muted' : undefined}>{states.join(t('common.comma'))}</span>;
}

interface MenuProps {
  account: Account;
  onPassword: Props['onPassword'];
  onTokens: () => void;
}

function Menu({ account, onPassword, onTokens }: MenuProps) {
  const { t } = useTranslation();
  const tell = useTell();
  const { modal } = App.useApp();
  const change = useChangeAccount();
  const resetPassword = useResetPassword();
  const resetFactor = useResetSecondFactor();
  const endSessions = useEndAccountSessions();
  const { name } = account;
  const ask = (title: string, onOk: () => void) => modal.confirm({ title, content: name, onOk });
  const newPassword = () =>
    resetPassword.mutate(name, { ...tell, onSuccess: (answer) => onPassword(name, answer.password) });
  const items = [
    {
      key: 'password',
      label: t('accounts.resetPassword'),
      onClick: () => ask(t('accounts.resetPassword'), newPassword),
    },
    {
      key: 'factor',
      label: t('accounts.resetFactor'),
      disabled: !account.second_factor,
      onClick: () => ask(t('accounts.resetFactor'), () => resetFactor.mutate(name, tell)),
    },
    { key: 'tokens', label: t('token.title'), onClick: onTokens },
    { key: 'sessions', label: t('accounts.endSessions'), onClick: () => endSessions.mutate(name, tell) },
    {
      key: 'disabled',
      label: t(account.disabled ? 'accounts.enable' : 'accounts.disable'),
      danger: !account.disabled,
      onClick: () => change.mutate({ account, change: { disabled: !account.disabled } }, tell),
    },
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button
        type="text"
        size="small"
        icon={<MoreOutlined />}
        aria-label={t('accounts.more', { name })}
        data-testid={`more-${name}`}
      />
    </Dropdown>
  );
}

export function AccountsTable({ accounts, loading, onPassword }: Props) {
  const scroll = useNarrowScroll(1080);
  const { t } = useTranslation();
  const isFixed = useIsFixed();
  const [tokensOf, setTokensOf] = useState<Account>();
  const columns = [
    { title: t('accounts.name'), dataIndex: 'name', className: 'mono' },
    { title: t('accounts.role'), render: (_: unknown, row: Account) => <RoleCell account={row} /> },
    { title: t('accounts.state'), render: (_: unknown, row: Account) => <StateCell account={row} /> },
    {
      title: t('accounts.lastLogin'),
      render: (_: unknown, row: Account) =>
        row.last_login ? <Time value={row.last_login} /> : t('accounts.never'),
    },
    { title: t('accounts.created'), render: (_: unknown, row: Account) => <Time value={row.created} /> },
    {
      title: '',
      align: 'end' as const,
      render: (_: unknown, row: Account) =>
        isFixed(row) ? null : (
          <Menu account={row} onPassword={onPassword} onTokens={() => setTokensOf(row)} />
        ),
    },
  ];
  return (
    <div className="table-box">
      <Table<Account>
        scroll={scroll}
        size="small"
        rowKey="name"
        columns={columns}
        dataSource={accounts}
        loading={loading}
        pagination={false}
        locale={{ emptyText: t('accounts.noneMatches') }}
      />
      <Modal
        title={tokensOf && t('accounts.tokensOf', { name: tokensOf.name })}
        open={tokensOf !== undefined}
        onCancel={() => setTokensOf(undefined)}
        footer={null}
        width={820}
        destroyOnHidden
      >
        {tokensOf && <AccountTokens name={tokensOf.name} fixed={isFixed(tokensOf)} />}
      </Modal>
    </div>
  );
}
