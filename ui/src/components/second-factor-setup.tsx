// SPDX-License-Identifier: Apache-2.0
// Setting up a second factor: password, picture, first code, recovery codes. At the entrance and on one's page.
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBeginSecondFactor, useConfirmSecondFactor } from '../api/access-queries';
import type { FactorSecret } from '../api/types';
import { CodeInput } from './code-input';
import { describeProof } from './describe';
import { ProofForm } from './proof-form';
import { Qr } from './qr';
import { RecoveryCodes } from './recovery-codes';

const inFours = (secret: string) => secret.replace(/(.{4})(?=.)/g, '$1 ');

function Scan({ secret, onDone }: { secret: FactorSecret; onDone: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const confirm = useConfirmSecondFactor();
  const submit = ({ code }: { code: string }) =>
    confirm.mutate(code, { onSuccess: (answer) => onDone(answer.recovery_codes) });
  return (
    <Form<{ code: string }> layout="vertical" requiredMark={false} onFinish={submit}>
      <p className="muted">{t('factor.scan')}</p>
      {secret.qr && <Qr {...secret.qr} label={t('factor.picture')} />}
      <p className="muted">{t('factor.type')}</p>
      <Input
        readOnly
        className="mono"
        value={inFours(secret.secret)}
        aria-label={t('factor.secret')}
        data-testid="factor-secret"
      />
      <Form.Item
        name="code"
        label={t('factor.firstCode')}
        rules={[{ required: true, message: t('signIn.required') }]}
      >
        <CodeInput />
      </Form.Item>
      <Button
        type="primary"
        htmlType="submit"
        block
        loading={confirm.isPending}
        data-testid="confirm-factor"
      >
        {t('factor.confirm')}
      </Button>
      <div className="entrance-error" aria-live="polite">
        {confirm.error && <Alert type="error" showIcon title={describeProof(t, confirm.error)} />}
      </div>
    </Form>
  );
}

/** withCode: there is a factor already, and a code of it is asked for. */
export function SecondFactorSetup({ withCode, onDone }: { withCode: boolean; onDone: () => void }) {
  const { t } = useTranslation();
  const begin = useBeginSecondFactor();
  const [codes, setCodes] = useState<string[]>();
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;
  if (begin.data) return <Scan secret={begin.data} onDone={setCodes} />;
  return (
    <ProofForm
      withCode={withCode}
      submit={t('factor.next')}
      pending={begin.isPending}
      error={begin.error}
      onSubmit={(proof) => begin.mutate(proof)}
    />
  );
}
