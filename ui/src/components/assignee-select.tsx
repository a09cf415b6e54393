// SPDX-License-Identifier: Apache-2.0
import { Select, type SelectProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAssignees } from '../api/incidents-queries';
import { useMay } from '../api/queries';

/** Those who may be given work, found by typing. also: somebody who has it and may no longer be among them. */
export function AssigneeSelect({ also, ...props }: SelectProps<string | undefined> & { also?: string }) {
  const { t } = useTranslation();
  const { data, isPending } = useAssignees(useMay('incident.change'));
  const names = new Set([...(data?.items.map(({ name }) => name) ?? []), ...(also ? [also] : [])]);
  return (
    <Select
      aria-label={t('incidents.assignee')}
      loading={isPending}
      showSearch
      popupMatchSelectWidth={false}
      notFoundContent={t('incidents.noAssignee')}
      options={[...names].map((name) => ({ value: name, label: name }))}
      {...props}
    />
  );
}
