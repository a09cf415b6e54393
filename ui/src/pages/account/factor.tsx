// SPDX-License-Identifier: Apache-2.0
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  useRefreshSession,
  useRemoveSecondFactor,
  useRenewRecoveryCodes,
  useSecondFactor,
} from '../../api/access-queries';
import { ErrorNotice } from '../../components/error-notice';
import { Panel } from '../../components/panel';
import { ProofForm } from '../../components/proof-form';
import { RecoveryCodes } from '../../components/recovery-codes';
import { SecondFactorSetup } from '../../components/second-factor-setup';
import { Time } from '../../components/time';

type Step = 'setUp' | 'renew' | 'remove';

function Renew({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { data, isPending, error, mutate } = useRenewRecoveryCodes();
  if (data) return <RecoveryCodes codes={data.recovery_codes} onDone={onDone} />;
  return <ProofForm withCode submit={t('factor.renew')} pending={isPending} error={error} onSubmit={mutate} />;
}

function Remove({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { isPending, error, mutate } = useRemoveSecondFactor();
  return (
    <ProofForm
      withCode
      submit={t('factor.remove')}
      pending={isPending}
      error={error}
      onSubmit={(proof) => mutate(proof, { onSuccess: onDone })}
    />
  );
}

function Enabled({ since, left }: { since: string | undefined; left: number }) {
  const { t } = useTranslation();
  return (
    <dl className="pairs">
      <div>
        <dt>{t('factor.since')}</dt>
        <dd>{since && <Time value={since} />}</dd>
      </div>
      <div>
        <dt>{t('factor.codesLeft')}</dt>
        <dd className="number">{left}</dd>
      </div>
    </dl>
  );
}

export function FactorPanel() {
  const { t } = useTranslation();
  const { data: factor, error, refetch } = useSecondFactor();
  const refresh = useRefreshSession();
  const [step, setStep] = useState<Step>();
  const done = () => {
    setStep(undefined);
    refresh();
  };
  if (error) return <ErrorNotice error={error} onRetry={refetch} />;
  if (!factor) return null;
  return (
    <Panel title={t('factor.title')}>
      {factor.enabled ? (
        <Enabled since={factor.since} left={factor.recovery_codes_left} />
      ) : (
        <p className="muted">{t('factor.about')}</p>
      )}
      {factor.due && (
        <p>
          {t('factor.due')} <Time value={factor.due} />
        </p>
      )}
      <div className="actions">
        <Button
          type={factor.enabled ? 'default' : 'primary'}
          onClick={() => setStep('setUp')}
          data-testid="set-up-factor"
        >
          {t(factor.enabled ? 'factor.replace' : 'factor.setUp')}
        </Button>
        {factor.enabled && <Button onClick={() => setStep('renew')}>{t('factor.renew')}</Button>}
        {factor.enabled && !factor.needed && (
          <Button danger onClick={() => setStep('remove')}>
            {t('factor.remove')}
          </Button>
        )}
      </div>
      <Modal
        title={t('factor.title')}
        open={step !== undefined}
        onCancel={done}
        footer={null}
        mask={{ closable: false }}
        destroyOnHidden
      >
        {step === 'setUp' && <SecondFactorSetup withCode={factor.enabled} onDone={done} />}
        {step === 'renew' && <Renew onDone={done} />}
        {step === 'remove' && <Remove onDone={done} />}
      </Modal>
    </Panel>
  );
}
