// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { AlertStatus, Level } from '../api/types';

/** The level as colour and word. */
export function LevelTag({ level }: { level: Level }) {
  const { t } = useTranslation();
  return <span className={`level level-${level}`}>{t(`level.${level}`)}</span>;
}

export function StatusTag({ status }: { status: AlertStatus }) {
  const { t } = useTranslation();
  return <span className={`status status-${status}`}>{t(`status.${status}`)}</span>;
}

export function DrillTag() {
  const { t } = useTranslation();
  return (
    <span className="drill" title={t('alerts.drillHint')}>
      {t('alerts.drill')}
    </span>
  );
}
