// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';

export function Brand() {
  const { t } = useTranslation();
  return (
    <span className="brand">
      <img src="/favicon.svg" alt="" width={24} height={24} />
      {t('app.name')}
    </span>
  );
}
