// SPDX-License-Identifier: Apache-2.0
import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';

const KEYS = [
  { key: 'j', label: 'keys.next' },
  { key: 'k', label: 'keys.previous' },
  { key: 'Enter', label: 'keys.open' },
  { key: 'Esc', label: 'keys.close' },
  { key: 'n', label: 'keys.news' },
  { key: 'x', label: 'keys.choose' },
  { key: 'a', label: 'alert.do.acknowledged' },
  { key: 'c', label: 'alert.do.closed' },
  { key: 'f', label: 'alert.do.false_positive' },
  { key: '/', label: 'keys.search' },
  { key: '?', label: 'keys.title' },
] as const;

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal title={t('keys.title')} open={open} onCancel={onClose} footer={null} width={400}>
      <dl className="pairs" data-testid="key-help">
        {KEYS.map(({ key, label }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(label)}</dd>
          </div>
        ))}
      </dl>
      <p className="muted key-hint">{t('keys.hint')}</p>
    </Modal>
  );
}
