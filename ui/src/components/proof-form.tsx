// SPDX-License-Identifier: Apache-2.0
// The password once more, and a code where there is a second factor: what an open screen alone may not do.
import { Alert, Button, Form } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Proof } from '../api/access-queries';
import { CodeInput } from './code-input';
import { describeProof } from './describe';
import { PasswordInput } from './password-input';

interface Props {
  withCode: boolean;
  submit: string;
  pending: boolean;
  error: unknown;
  children?: ReactNode;
  onSubmit: (proof: Proof) => void;
}

export function ProofForm({ withCode, submit, pending, error, children, onSubmit }: Props) {
  const { t } = useTranslation();
  const rules = [{ required: true, message: t('signIn.required') }];
  return (
    <Form<Proof> layout="vertical" requiredMark={false} onFinish={onSubmit}>
      {children}
      <Form.Item name="password" label={t('password.current')} rules={rules}>
        <PasswordInput autoComplete="current-password" maxLength={256} />
      </Form.Item>
      {withCode && (
        <Form.Item name="code" label={t('factor.code')} rules={rules}>
          <CodeInput />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" block loading={pending} data-testid="prove">
        {submit}
      </Button>
      <div className="entrance-error" aria-live="polite">
        {Boolean(error) && <Alert type="error" showIcon title={describeProof(t, error)} />}
      </div>
    </Form>
  );
}
