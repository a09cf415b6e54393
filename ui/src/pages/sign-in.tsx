// SPDX-License-Identifier: Apache-2.0
// The password, then a code where the account has a second factor.
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, adviceFor, isUnauthorized } from '../api/errors';
import { useSignIn, useSignInCode } from '../api/queries';
import type { CodeWanted } from '../api/types';
import { CodeInput } from '../components/code-input';
import { PasswordInput } from '../components/password-input';
import { Entrance } from './entrance';

interface Credentials {
  username: string;
  password: string;
}

function PasswordStep({ onCode }: { onCode: (wanted: CodeWanted) => void }) {
  const { t } = useTranslation();
  const signIn = useSignIn(onCode);
  const required = [{ required: true, message: t('signIn.required') }];
  const { error } = signIn;
  return (
    <>
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
    </>
  );
}

/** What a refused code asks of the person; the rest is any other error's. */
const REFUSED: Record<string, 'wrongCode' | 'codesLocked' | 'codesUnreadable' | 'expired'> = {
  bad_code: 'wrongCode',
  codes_locked: 'codesLocked',
  codes_unreadable: 'codesUnreadable',
  sign_in_expired: 'expired',
};

function CodeStep({ wanted, onBack }: { wanted: CodeWanted; onBack: () => void }) {
  const { t } = useTranslation();
  const signIn = useSignInCode();
  const { error } = signIn;
  const refused = error instanceof ApiError ? REFUSED[error.code] : undefined;
  return (
    <>
      <p className="muted">{t('factor.enter')}</p>
      <Form<{ code: string }>
        layout="vertical"
        requiredMark={false}
        onFinish={({ code }) => signIn.mutate({ token: wanted.token, code })}
      >
        <Form.Item
          name="code"
          label={t('factor.code')}
          rules={[{ required: true, message: t('signIn.required') }]}
        >
          <CodeInput />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending} data-testid="sign-in-code">
          {t('signIn.submit')}
        </Button>
      </Form>
      <div className="entrance-error" aria-live="polite">
        {error && (
          <Alert
            type="error"
            showIcon
            title={refused ? t(`factor.${refused}`) : t(`error.${adviceFor(error)}`)}
          />
        )}
      </div>
      <p className="muted">{t('factor.lost')}</p>
      <Button type="link" onClick={onBack}>
        {t('factor.back')}
      </Button>
    </>
  );
}

export function SignIn() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<CodeWanted>();
  return (
    <Entrance title={t(wanted ? 'factor.title' : 'signIn.title')}>
      {wanted ? (
        <CodeStep wanted={wanted} onBack={() => setWanted(undefined)} />
      ) : (
        <PasswordStep onCode={setWanted} />
      )}
    </Entrance>
  );
}
