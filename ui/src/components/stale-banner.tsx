// SPDX-License-Identifier: Apache-2.0
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { useStatus } from '../api/queries';
import type { Status } from '../api/types';
import { formatCount, formatDuration } from '../lib/format';
import { STALE_SECONDS } from '../lib/health';

type Trouble = 'noAnswer' | 'storeDown' | 'storeGone' | 'stale';

function troubleOf(status: Status | undefined, failed: boolean): Trouble | undefined {
  if (failed) return 'noAnswer';
  if (!status) return undefined;
  if (!status.store.reachable) return status.stale_seconds < 1 ? 'storeGone' : 'storeDown';
  return status.stale_seconds >= STALE_SECONDS ? 'stale' : undefined;
}

/** Says that the screen is old, and that nothing is lost. */
export function StaleBanner() {
  const { t, i18n } = useTranslation();
  const { data: status, isError } = useStatus();
  const trouble = troubleOf(status, isError);
  if (!trouble) return null;
  const figures = {
    age: formatDuration(status?.stale_seconds ?? 0, i18n.language),
    backlog: formatCount(status?.analyze.backlog ?? 0, i18n.language),
  };
  const type = trouble === 'stale' ? 'warning' : 'error';
  return <Alert banner showIcon type={type} title={t(`stale.${trouble}`, figures)} data-testid="stale" />;
}
