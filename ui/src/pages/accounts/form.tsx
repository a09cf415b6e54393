// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { type AccountWish, useAddAccount } from '../../api/access-queries';
import { ApiError } from '../../api/errors';
import { ROLES, type Role } from '../../api/types';
import { describe } from '../../components/describe';
import { UnitSelect } from './unit-select';

export function useRoleOptions() {
  const { t } = useTranslation();
  return ROLES.map((value) => ({ value, label: t(`role.${value}`) }));
}

interface Props {
  role: Role;
  onDone: (name: string, password: string) => void;
}

export function AccountForm({ role, onDone }: Props) {
  const { t } = useTranslation();
  const add = useAddAccount();
  const options = useRoleOptions();
  const [form] = Form.useForm<AccountWish>();
  const chosen = Form.useWatch('role', form) ?? role;
  const required = [{ required: true, message: t('signIn.required') }];
  const { error } = add;
  const taken = error instanceof ApiError && error.code === 'duplicate';
  const watched = error instanceof ApiError && error.code === 'watched';
  return (
    <Form<AccountWish>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ role }}
      onFinish={(wish) => add.mutate(wish, { onSuccess: ({ name, password }) => onDone(name, password) })}
    >
      <Form.Item name="name" label={t('accounts.name')} rules={required} extra={t('accounts.nameHint')}>
        <Input maxLength={64} autoFocus autoComplete="off" />
      </Form.Item>
      <Form.Item name="role" label={t('accounts.role')} rules={required} extra={t(`accounts.does.${chosen}`)}>
        <Select options={options} />
      </Form.Item>
      {chosen === 'unit_responsible' && (
        <Form.Item name="unit" label={t('accounts.unit')} extra={t('accounts.unitHint')}>
          <UnitSelect />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" block loading={add.isPending} data-testid="make-account">
        {t('accounts.add')}
      </Button>
      <div className="entrance-error" aria-live="polite">
        {error && (
          <Alert
            type="error"
            showIcon
            title={taken ? t('accounts.taken') : watched ? t('accounts.watched') : describe(t, error)}
          />
        )}
      </div>
    </Form>
  );
}
