// SPDX-License-Identifier: Apache-2.0
// Which roles may do what, as the server's own table says.
import { CheckOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../api/admin-queries';
import { ROLES } from '../../api/types';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';

export function PermissionsPanel() {
  const { t, i18n } = useTranslation();
  const query = usePermissions();
  const nameOf = (permission: string) => {
    const key = permission.replace('.', '-');
    return i18n.exists(`accounts.permission.${key}`)
      ? t(`accounts.permission.${key}` as 'accounts.permission.self')
      : permission;
  };
  return (
    <Panel title={t('accounts.matrix')} className="accounts-matrix">
      <p className="muted">{t('accounts.matrixHint')}</p>
      <Loaded query={query} rows={6}>
        {({ items }) => (
          <div className="scroll-x">
            <table className="plain plain-lined plain-wide" data-testid="permissions">
              <thead>
                <tr>
                  <th>{t('token.permissions')}</th>
                  {ROLES.map((role) => (
                    <th key={role} className="nowrap">
                      {t(`role.${role}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {items.map(({ name, roles }) => (
                  <tr key={name}>
                    <th scope="row">
                      {nameOf(name)} <span className="mono">{name}</span>
                    </th>
                    {ROLES.map((role) => (
                      <td key={role}>
                        {roles.includes(role) ? (
                          <CheckOutlined aria-label={t('accounts.may')} />
                        ) : (
                          <span className="muted">–</span>
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
