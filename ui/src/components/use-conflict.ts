// SPDX-License-Identifier: Apache-2.0
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/errors';
import { describe } from './describe';

/** Says why a change was refused. Where somebody else was faster, the page has what they did by now. */
export function useRefused(): (error: unknown) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return (error) => {
    const late = error instanceof ApiError && error.status === 412;
    if (late) message.warning(t('incident.conflict'));
    else message.error(describe(t, error));
  };
}
