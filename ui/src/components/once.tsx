// SPDX-License-Identifier: Apache-2.0
// Something that is shown this once: a generated password, a token.
import { Alert, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { CopyButton } from './copy-button';

export interface Secret {
  title: string;
  hint: string;
  text: string;
}

export function Once({ secret, onClose }: { secret: Secret | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      title={secret?.title}
      open={secret !== undefined}
      onCancel={onClose}
      onOk={onClose}
      okText={t('common.closeOnce')}
      cancelButtonProps={{ hidden: true }}
      destroyOnHidden
    >
      <Alert type="warning" showIcon title={secret?.hint} />
      <p className="once">
        <code className="mono" data-testid="once">
          {secret?.text}
        </code>
        <CopyButton text={secret?.text ?? ''} />
      </p>
    </Modal>
  );
}
