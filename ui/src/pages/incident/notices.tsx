// SPDX-License-Identifier: Apache-2.0
// The units that were told, and how far each is.
import { useTranslation } from 'react-i18next';
import type { IncidentDetail } from '../../api/incidents-queries';
import { useRectifications } from '../../api/rectifications-queries';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { RectificationTable } from '../../components/rectification-table';

export function Notices({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const { data, error, refetch, isPending } = useRectifications({ incident: incident.id });
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <RectificationTable
        rows={data?.pages.flatMap(({ items }) => items) ?? []}
        loading={isPending}
        withIncident={false}
        empty={<Empty title={t('incident.noNotices')} hint={t('incident.noNoticesHint')} />}
      />
    </>
  );
}
