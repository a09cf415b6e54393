// SPDX-License-Identifier: Apache-2.0
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { adviceFor, wordsOf } from '../api/errors';

interface Props {
  error: unknown;
  onRetry?: () => void;
  centred?: boolean;
}

/** What went wrong and what to do. */
export function ErrorNotice({ error, onRetry, centred }: Props) {
  const { t } = useTranslation();
  const retry = onRetry && (
    <Button size="small" onClick={onRetry}>
      {t('common.retry')}
    </Button>
  );
  return (
    <div className={centred ? 'notice notice-centred' : 'notice'}>
      <Alert
        type="error"
        showIcon
        title={t(`error.${adviceFor(error)}`)}
        description={wordsOf(error)}
        action={retry}
      />
    </div>
  );
}
