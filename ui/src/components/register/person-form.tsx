// SPDX-License-Identifier: Apache-2.0
import { Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAddPerson, useChangePerson } from '../../api/assets-queries';
import type { Person } from '../../lib/register';
import { LongField, NameField, TextField, ThingForm } from './thing-form';
import { UnitSelect } from './unit-select';

interface Props {
  person?: Person;
  unit?: number;
  onClose: () => void;
}

export function PersonForm({ person, unit, onClose }: Props) {
  const { t } = useTranslation();
  const initial = {
    name: person?.name ?? '',
    number: person?.number ?? '',
    phone: person?.phone ?? '',
    mail: person?.mail ?? '',
    unit: (person ? person.unit : unit) || null,
    note: person?.note ?? '',
  };
  return (
    <ThingForm
      thing={person}
      adding={t('people.add')}
      initial={initial}
      bodyOf={(values: typeof initial) => values}
      add={useAddPerson().mutateAsync}
      change={useChangePerson().mutateAsync}
      onClose={onClose}
    >
      <div className="register-columns">
        <NameField label={t('people.name')} max={100} />
        <TextField name="number" />
        <TextField name="phone" mode="tel" />
        <TextField name="mail" max={200} mode="email" />
      </div>
      <Form.Item name="unit" label={t('register.unit')}>
        <UnitSelect />
      </Form.Item>
      <LongField name="note" />
    </ThingForm>
  );
}
