// SPDX-License-Identifier: Apache-2.0
// One's own account: password, second factor, sessions, tokens.
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/queries';
import { Panel } from '../../components/panel';
import { PasswordForm } from '../../components/password-form';
import { FactorPanel } from './factor';
import { SessionsPanel } from './sessions';
import { TokensPanel } from './tokens';

export function Component() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const { message } = App.useApp();
  if (!session) return null;
  return (
    <>
      <div className="page-head">
        <h1>{t('account.title')}</h1>
        <span className="muted">
          {session.username} · {t(`role.${session.role}`)}
        </span>
      </div>
      <div className="account">
        <div>
          <FactorPanel />
          <Panel title={t('password.title')}>
            <PasswordForm onDone={() => message.success(t('password.done'))} />
          </Panel>
        </div>
        <div>
          <SessionsPanel />
          <TokensPanel session={session} />
        </div>
      </div>
    </>
  );
}
