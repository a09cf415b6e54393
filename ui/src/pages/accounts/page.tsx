// SPDX-License-Identifier: Apache-2.0
// Everybody's accounts, for system administrators.
import { Alert, Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccounts } from '../../api/access-queries';
import type { Account, Role } from '../../api/types';
import { ErrorNotice } from '../../components/error-notice';
import { Once, type Secret } from '../../components/once';
import { PageHead } from '../../components/page-head';
import { useUrlState } from '../../lib/url-state';
import '../../styles/parts.css';
import { ACCOUNTS_STATE, AccountFilters, filterAccounts } from './filters';
import { AccountForm } from './form';
import { PermissionsPanel } from './permissions';
import { AccountsTable } from './table';

/** The other two of the three administrators, without whom the work is not divided. */
const NEEDED = ['security_administrator', 'audit_administrator'] as const;

function Missing({ accounts, onAdd }: { accounts: Account[]; onAdd: (role: Role) => void }) {
  const { t } = useTranslation();
  const missing = NEEDED.filter((role) => !accounts.some((account) => account.role === role));
  return missing.map((role) => (
    <Alert
      key={role}
      className="accounts-missing"
      type="info"
      showIcon
      title={t(`accounts.missing.${role}`)}
      action={
        <Button size="small" onClick={() => onAdd(role)} data-testid={`add-${role}`}>
          {t('accounts.add')}
        </Button>
      }
    />
  ));
}

export function Component() {
  const { t } = useTranslation();
  const { data, error, refetch, isPending } = useAccounts();
  const [state, change] = useUrlState(ACCOUNTS_STATE);
  const [adding, setAdding] = useState<Role>();
  const [secret, setSecret] = useState<Secret>();
  const show = (name: string, text: string) => {
    setAdding(undefined);
    setSecret({ title: t('accounts.passwordOf', { name }), hint: t('accounts.once'), text });
  };
  return (
    <>
      <PageHead title={t('accounts.title')} hint={t('accounts.hint')} help="administration#accounts">
        <Button type="primary" onClick={() => setAdding('analyst')} data-testid="add-account">
          {t('accounts.add')}
        </Button>
      </PageHead>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {data && <Missing accounts={data.items} onAdd={setAdding} />}
      <AccountFilters state={state} onChange={change} />
      <AccountsTable accounts={filterAccounts(data?.items ?? [], state)} loading={isPending} onPassword={show} />
      <PermissionsPanel />
      <Modal
        title={t('accounts.add')}
        open={adding !== undefined}
        onCancel={() => setAdding(undefined)}
        footer={null}
        destroyOnHidden
      >
        {adding && <AccountForm role={adding} onDone={show} />}
      </Modal>
      <Once secret={secret} onClose={() => setSecret(undefined)} />
    </>
  );
}
