// SPDX-License-Identifier: Apache-2.0
import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';

const KEYS = [
  { key: '/', label: 'events.toQuery' },
  { key: 'j', label: 'keys.next' },
  { key: 'k', label: 'keys.previous' },
  { key: 'Enter', label: 'keys.open' },
  { key: 'Esc', label: 'keys.close' },
  { key: 'w', label: 'events.nextLook' },
  { key: 'f', label: 'events.fields' },
  { key: '?', label: 'keys.title' },
] as const;

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal title={t('keys.title')} open={open} onCancel={onClose} footer={null} width={360}>
      <dl className="pairs">
        {KEYS.map(({ key, label }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(label)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
