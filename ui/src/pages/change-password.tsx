// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { PasswordForm } from '../components/password-form';
import { Entrance } from './entrance';

export function ChangePassword() {
  const { t } = useTranslation();
  return (
    <Entrance title={t('password.title')}>
      <p className="muted">{t('password.why')}</p>
      <PasswordForm />
    </Entrance>
  );
}
