// SPDX-License-Identifier: Apache-2.0
// Chooses a person by a part of the name or number.
import { Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePeople } from '../../api/assets-queries';
import { NOW } from '../../lib/register';

interface Props {
  id?: string;
  value?: number;
  onChange?: (value: number) => void;
}

export function PersonSelect({ id, value, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const { data, isFetching } = usePeople(typed, '', NOW);
  const options = useMemo(
    () =>
      (data?.pages[0]?.items ?? []).map((person) => ({
        value: person.id,
        label: [person.name, person.number, person.unit_name].filter(Boolean).join(' · '),
      })),
    [data],
  );
  return (
    <Select<number>
      id={id}
      value={value}
      options={options}
      loading={isFetching}
      placeholder={t('register.findPerson')}
      aria-label={t('register.person')}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      notFoundContent={isFetching ? undefined : t('register.noPerson')}
      onChange={onChange}
    />
  );
}
