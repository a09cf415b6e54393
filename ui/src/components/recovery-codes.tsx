// SPDX-License-Identifier: Apache-2.0
// Shown once: whoever goes on says that they are kept.
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { CopyButton } from './copy-button';

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <div>
      <Alert type="warning" showIcon title={t('factor.keepCodes')} />
      <ul className="recovery-codes mono" data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="actions">
        <Button type="primary" onClick={onDone} data-testid="codes-kept">
          {t('factor.kept')}
        </Button>
        <CopyButton text={codes.join('\n')} />
      </div>
    </div>
  );
}
