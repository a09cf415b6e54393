// SPDX-License-Identifier: Apache-2.0
// Whose time to set up a second factor has run out does nothing before.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRefreshSession } from '../api/access-queries';
import { useSignOut } from '../api/queries';
import { SecondFactorSetup } from '../components/second-factor-setup';
import { Entrance } from './entrance';

export function SetUpFactor() {
  const { t } = useTranslation();
  const refresh = useRefreshSession();
  const signOut = useSignOut();
  return (
    <Entrance title={t('factor.title')}>
      <p className="muted">{t('factor.why')}</p>
      <SecondFactorSetup withCode={false} onDone={refresh} />
      <Button type="link" onClick={() => signOut.mutate()}>
        {t('signIn.out')}
      </Button>
    </Entrance>
  );
}
