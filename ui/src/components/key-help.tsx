// SPDX-License-Identifier: Apache-2.0
// The keys of a page, as its table says.
import { Modal } from 'antd';
import type { ParseKeys } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type Keys = readonly (readonly [key: string, label: ParseKeys])[];

interface Props {
  keys: Keys;
  open: boolean;
  onClose: () => void;
  /** What else there is to say. */
  children?: ReactNode;
}

export function KeyHelp({ keys, open, onClose, children }: Props) {
  const { t } = useTranslation();
  return (
    <Modal title={t('keys.title')} open={open} onCancel={onClose} footer={null} width={400}>
      <dl className="pairs" data-testid="key-help">
        {keys.map(([key, label]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(label)}</dd>
          </div>
        ))}
      </dl>
      {children}
    </Modal>
  );
}
