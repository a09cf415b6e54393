// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import {
  changeIncident,
  type IncidentChange,
  type IncidentDetail,
  useChangeIncident,
} from '../../api/incidents-queries';
import { useRefused } from '../../components/use-conflict';
import { useDone } from '../../components/use-done';
import { useQueryClient } from '@tanstack/react-query';

/** Changes the incident as it was seen; what it was before is offered as the way back. onRefused: somebody was faster. */
export function useChange(incident: IncidentDetail, onRefused?: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { mutate, isPending } = useChangeIncident();
  const { done } = useDone();
  const refused = useRefused();
  const { id, version } = incident;
  const change = (body: IncidentChange, before?: IncidentChange, after?: () => void) => {
    const back = (now: number) => async () => {
      await changeIncident({ id, version: now, body: before ?? {} });
      await client.invalidateQueries({ queryKey: ['incidents'] });
    };
    mutate(
      { id, version, body },
      {
        onSuccess: (now) => {
          done(t('incident.changed'), before && back(now.version));
          after?.();
        },
        onError: (error) => {
          refused(error);
          onRefused?.();
        },
      },
    );
  };
  return { change, isPending };
}
