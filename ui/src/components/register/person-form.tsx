// SPDX-License-Identifier: Apache-2.0
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAddPerson, useChangePerson } from '../../api/assets-queries';
import type { Person } from '../../lib/register';
import { FormDrawer } from './form-drawer';
import { UnitSelect } from './unit-select';
import { StatementFields } from './when';

interface Values {
  name: string;
  number: string;
  phone: string;
  mail: string;
  unit: number | null;
  note: string;
  from?: string;
  reason?: string;
}

const FIELDS = ['name', 'number', 'phone', 'mail', 'unit', 'note', 'reason'] as const;

interface Props {
  person?: Person;
  unit?: number;
  onClose: () => void;
}

export function PersonForm({ person, unit, onClose }: Props) {
  const { t } = useTranslation();
  const add = useAddPerson();
  const change = useChangePerson();
  const initial: Values = {
    name: person?.name ?? '',
    number: person?.number ?? '',
    phone: person?.phone ?? '',
    mail: person?.mail ?? '',
    unit: (person ? person.unit : unit) || null,
    note: person?.note ?? '',
  };
  const save = async ({ from, reason, ...members }: Values) => {
    const why = reason?.trim() || undefined;
    if (!person) return add.mutateAsync({ ...members, valid_from: from, reason: why });
    const changed = Object.fromEntries(
      Object.entries(members).filter(([name, value]) => value !== initial[name as keyof Values]),
    );
    if (Object.keys(changed).length === 0) return undefined;
    return change.mutateAsync({ id: person.id, version: person.version, body: { ...changed, from, reason: why } });
  };
  return (
    <FormDrawer<Values>
      title={person ? t('asset.editOf', { name: person.name }) : t('people.add')}
      initial={initial}
      fields={FIELDS}
      onSubmit={save}
      onClose={onClose}
    >
      <div className="register-columns">
        <Form.Item
          name="name"
          label={t('people.name')}
          rules={[{ required: true, whitespace: true, message: t('register.needed') }]}
        >
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="number" label={t('register.member.number')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="phone" label={t('register.member.phone')}>
          <Input maxLength={100} inputMode="tel" />
        </Form.Item>
        <Form.Item name="mail" label={t('register.member.mail')}>
          <Input maxLength={200} inputMode="email" />
        </Form.Item>
      </div>
      <Form.Item name="unit" label={t('register.unit')}>
        <UnitSelect />
      </Form.Item>
      <Form.Item name="note" label={t('register.member.note')}>
        <Input.TextArea rows={2} maxLength={1300} />
      </Form.Item>
      <StatementFields />
    </FormDrawer>
  );
}
