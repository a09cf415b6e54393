// SPDX-License-Identifier: Apache-2.0
// The API tokens of somebody's programs, to be ended by those who keep accounts.
import { App, Button, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccountTokens, useRemoveAccountToken } from '../../api/admin-queries';
import type { Token } from '../../api/types';
import { ErrorNotice } from '../../components/error-notice';
import { Time } from '../../components/time';
import { useDone } from '../../components/use-done';

export function AccountTokens({ name, fixed }: { name: string; fixed: boolean }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { done, failed } = useDone();
  const { data, error, refetch, isPending } = useAccountTokens(name);
  const remove = useRemoveAccountToken(name);
  const ask = (token: Token) =>
    modal.confirm({
      title: t('accounts.removeToken'),
      content: token.name,
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(token.id).then(() => done(t('accounts.done')), failed),
    });
  const columns = [
    { title: t('token.name'), dataIndex: 'name' },
    {
      title: t('token.permissions'),
      render: (_: unknown, row: Token) => (
        <span className="mono">
          {row.permissions.join(' ')}
          {row.read_only && ` (${t('token.readOnly')})`}
        </span>
      ),
    },
    { title: t('token.expires'), render: (_: unknown, row: Token) => <Time value={row.expires} /> },
    {
      title: t('token.lastUsed'),
      render: (_: unknown, row: Token) =>
        row.last_used ? (
          <>
            <Time value={row.last_used} /> <span className="mono">{row.last_address}</span>
          </>
        ) : (
          t('token.never')
        ),
    },
    {
      title: '',
      align: 'end' as const,
      render: (_: unknown, row: Token) =>
        fixed ? null : (
          <Button size="small" danger onClick={() => ask(row)} data-testid={`end-token-${row.name}`}>
            {t('token.remove')}
          </Button>
        ),
    },
  ];
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <Table<Token>
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={data?.items ?? []}
        loading={isPending}
        pagination={false}
        locale={{ emptyText: t('accounts.noTokens') }}
      />
    </>
  );
}
