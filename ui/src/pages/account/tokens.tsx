// SPDX-License-Identifier: Apache-2.0
// What programs show in place of a session.
import { App, Button, Form, Input, InputNumber, Modal, Select, Switch, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type TokenWish, useAddToken, useRemoveToken, useTokens } from '../../api/access-queries';
import type { Session, Token } from '../../api/types';
import { describe, describeProof } from '../../components/describe';
import { ErrorNotice } from '../../components/error-notice';
import { Once, type Secret } from '../../components/once';
import { Panel } from '../../components/panel';
import { PasswordInput } from '../../components/password-input';
import { Time } from '../../components/time';

const DAYS = 90;
const DAYS_MAX = 365;
/** For persons alone; the server says so too. */
const NEVER = new Set(['self', 'account.manage']);

function TokenForm({ session, onDone }: { session: Session; onDone: (token: string) => void }) {
  const { t } = useTranslation();
  const add = useAddToken();
  const rules = [{ required: true, message: t('signIn.required') }];
  const options = session.permissions.filter((name) => !NEVER.has(name)).map((value) => ({ value }));
  return (
    <Form<TokenWish>
      layout="vertical"
      requiredMark={false}
      initialValues={{ read_only: true, days: DAYS }}
      onFinish={(wish) => add.mutate(wish, { onSuccess: ({ token }) => onDone(token) })}
    >
      <Form.Item name="name" label={t('token.name')} rules={rules}>
        <Input maxLength={64} autoFocus />
      </Form.Item>
      <Form.Item name="permissions" label={t('token.permissions')} rules={rules}>
        <Select mode="multiple" options={options} />
      </Form.Item>
      <Form.Item name="read_only" label={t('token.readOnly')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="days" label={t('token.days')} rules={rules}>
        <InputNumber min={1} max={DAYS_MAX} precision={0} />
      </Form.Item>
      <Form.Item name="password" label={t('password.current')} rules={rules}>
        <PasswordInput autoComplete="current-password" maxLength={256} />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={add.isPending} data-testid="make-token">
        {t('token.add')}
      </Button>
      <div className="entrance-error" aria-live="polite">
        {add.error && <span role="alert">{describeProof(t, add.error)}</span>}
      </div>
    </Form>
  );
}

function useColumns() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const remove = useRemoveToken();
  const onError = (failed: unknown) => message.error(describe(t, failed));
  return [
    { title: t('token.name'), dataIndex: 'name' },
    {
      title: t('token.permissions'),
      render: (_: unknown, row: Token) =>
        row.permissions.join(t('common.comma')) + (row.read_only ? ` (${t('token.readOnly')})` : ''),
    },
    { title: t('token.expires'), render: (_: unknown, row: Token) => <Time value={row.expires} /> },
    {
      title: t('token.lastUsed'),
      render: (_: unknown, row: Token) => (row.last_used ? <Time value={row.last_used} /> : t('token.never')),
    },
    {
      title: '',
      align: 'end' as const,
      render: (_: unknown, row: Token) => (
        <Button size="small" danger onClick={() => remove.mutate(row.id, { onError })}>
          {t('token.remove')}
        </Button>
      ),
    },
  ];
}

export function TokensPanel({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { data, error, refetch, isPending } = useTokens();
  const columns = useColumns();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<Secret>();
  const done = (text: string) => {
    setAdding(false);
    setSecret({ title: t('token.made'), hint: t('token.once'), text });
  };
  const add = (
    <Button size="small" onClick={() => setAdding(true)} data-testid="add-token">
      {t('token.add')}
    </Button>
  );
  return (
    <Panel title={t('token.title')} extra={add}>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <Table<Token>
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={data?.items ?? []}
        loading={isPending}
        pagination={false}
        locale={{ emptyText: t('token.none') }}
      />
      <Modal
        title={t('token.add')}
        open={adding}
        onCancel={() => setAdding(false)}
        footer={null}
        destroyOnHidden
      >
        <TokenForm session={session} onDone={done} />
      </Modal>
      <Once secret={secret} onClose={() => setSecret(undefined)} />
    </Panel>
  );
}
