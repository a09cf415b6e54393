// SPDX-License-Identifier: Apache-2.0
// Changing one's own password: at the first signing in, and from the menu.
import { Alert, Button, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError, adviceFor } from '../api/errors';
import { useChangePassword } from '../api/queries';
import { PasswordInput } from './password-input';

const LENGTH_MIN = 12;
const LENGTH_MAX = 256;

interface Values {
  current: string;
  new: string;
  again: string;
}

function useRules() {
  const { t } = useTranslation();
  const required = { required: true, message: t('password.required') };
  return {
    current: [required],
    new: [required, { min: LENGTH_MIN, message: t('password.tooShort', { count: LENGTH_MIN }) }],
    again: [
      required,
      ({ getFieldValue }: { getFieldValue: (name: string) => unknown }) => ({
        validator: (_: unknown, value: string) =>
          value === getFieldValue('new')
            ? Promise.resolve()
            : Promise.reject(new Error(t('password.differ'))),
      }),
    ],
  };
}

function PasswordError({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const status = error instanceof ApiError ? error.status : 0;
  const said = error instanceof ApiError ? error.message : '';
  const known = { 400: said || t('password.refused'), 403: t('password.wrong') }[status];
  return <Alert type="error" showIcon title={known ?? t(`error.${adviceFor(error)}`)} />;
}

export function PasswordForm({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation();
  const rules = useRules();
  const change = useChangePassword();
  const submit = (values: Values) =>
    change.mutate({ current: values.current, new: values.new }, { onSuccess: onDone });
  return (
    <Form<Values> layout="vertical" requiredMark={false} onFinish={submit}>
      <Form.Item name="current" label={t('password.current')} rules={rules.current}>
        <PasswordInput autoComplete="current-password" maxLength={LENGTH_MAX} autoFocus />
      </Form.Item>
      <Form.Item name="new" label={t('password.new', { count: LENGTH_MIN })} rules={rules.new}>
        <PasswordInput autoComplete="new-password" maxLength={LENGTH_MAX} />
      </Form.Item>
      <Form.Item name="again" label={t('password.again')} rules={rules.again} dependencies={['new']}>
        <PasswordInput autoComplete="new-password" maxLength={LENGTH_MAX} />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={change.isPending} data-testid="change-password">
        {t('password.submit')}
      </Button>
      <div className="entrance-error" aria-live="polite">
        {change.error && <PasswordError error={change.error} />}
      </div>
    </Form>
  );
}
