// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { adviceFor, isUnauthorized } from '../api/errors';
import { useSignIn } from '../api/queries';
import { PasswordInput } from '../components/password-input';
import { Entrance } from './entrance';

interface Credentials {
  username: string;
  password: string;
}

export function SignIn() {
  const { t } = useTranslation();
  const signIn = useSignIn();
  const required = [{ required: true, message: t('signIn.required') }];
  const { error } = signIn;
  return (
    <Entrance title={t('signIn.title')}>
      <Form<Credentials> layout="vertical" requiredMark={false} onFinish={(values) => signIn.mutate(values)}>
        <Form.Item name="username" label={t('signIn.username')} rules={required}>
          <Input autoComplete="username" autoFocus maxLength={64} />
        </Form.Item>
        <Form.Item name="password" label={t('signIn.password')} rules={required}>
          <PasswordInput autoComplete="current-password" maxLength={256} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending} data-testid="sign-in">
          {t('signIn.submit')}
        </Button>
      </Form>
      <div className="entrance-error" aria-live="polite">
        {error && (
          <Alert
            type="error"
            showIcon
            title={isUnauthorized(error) ? t('signIn.wrong') : t(`error.${adviceFor(error)}`)}
          />
        )}
      </div>
      <p className="muted">{t('signIn.hint')}</p>
    </Entrance>
  );
}
