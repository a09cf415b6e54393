// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { Alert } from '../../api/types';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';

/** How many further matches were counted on the alert, and when the last one was. */
export function Repeats({ alert }: { alert: Pick<Alert, 'repeats' | 'last'> }) {
  const { t, i18n } = useTranslation();
  if (!alert.repeats) return null;
  return (
    <span className="repeats" data-testid="repeats">
      {t('alert.repeats', { value: formatCount(alert.repeats, i18n.language) })}
      {alert.last && (
        <>
          {' '}
          <Time value={alert.last} />
        </>
      )}
    </span>
  );
}
