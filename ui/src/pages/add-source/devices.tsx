// SPDX-License-Identifier: Apache-2.0
// What can be connected, by kind.
import { Input, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OnboardingHead } from '../../api/sources-queries';
import { Panel } from '../../components/panel';

export const useWords = () => {
  const { i18n } = useTranslation();
  return ({ zh, en }: { zh: string; en: string }) => (i18n.language.startsWith('zh') ? zh : en);
};

const fits = ({ name, vendor, id }: OnboardingHead, words: string) =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => `${name.zh} ${name.en} ${vendor} ${id}`.toLowerCase().includes(word));

interface Props {
  devices: readonly OnboardingHead[] | undefined;
  chosen: string;
  onChoose: (id: string) => void;
}

export function Devices({ devices, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const words = useWords();
  const [q, setQ] = useState('');
  const shown = (devices ?? []).filter((device) => fits(device, q));
  const kinds = [...new Set(shown.map(({ kind }) => kind))];
  return (
    <Panel title={t('sources.wizard.title')} className="wizard-devices">
      <Input
        allowClear
        value={q}
        placeholder={t('sources.wizard.search')}
        aria-label={t('sources.wizard.search')}
        onChange={(event) => setQ(event.target.value)}
        data-testid="find-device"
      />
      {!devices && <Skeleton active paragraph={{ rows: 8 }} />}
      {kinds.map((kind) => (
        <section key={kind}>
          <h3>{t(`sources.wizard.kind.${kind}`)}</h3>
          {shown
            .filter((device) => device.kind === kind)
            .map(({ id, name }) => (
              <button
                key={id}
                type="button"
                className="value wizard-device"
                aria-current={id === chosen}
                onClick={() => onChoose(id)}
                data-testid={`device-${id}`}
              >
                {words(name)}
              </button>
            ))}
        </section>
      ))}
      {devices && shown.length === 0 && (
        <p className="muted">
          {t('sources.wizard.noDevice')} {t('sources.wizard.noDeviceHint')}
        </p>
      )}
    </Panel>
  );
}
