// SPDX-License-Identifier: Apache-2.0
import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAddUnit, useChangeUnit } from '../../api/assets-queries';
import { UNIT_KINDS, type Unit } from '../../lib/register';
import { LongField, NameField, TextField, ThingForm } from './thing-form';
import { UnitSelect } from './unit-select';

interface Props {
  unit?: Unit;
  parent?: number;
  onClose: () => void;
}

export function UnitForm({ unit, parent, onClose }: Props) {
  const { t } = useTranslation();
  const initial = {
    name: unit?.name ?? '',
    code: unit?.code ?? '',
    kind: unit?.kind ?? ('faculty' as const),
    parent: (unit ? unit.parent : parent) || null,
    note: unit?.note ?? '',
  };
  return (
    <ThingForm
      thing={unit}
      adding={t('units.add')}
      initial={initial}
      bodyOf={(values: typeof initial) => values}
      add={useAddUnit().mutateAsync}
      change={useChangeUnit().mutateAsync}
      onClose={onClose}
    >
      <NameField label={t('register.member.name')} />
      <div className="register-columns">
        <TextField name="code" />
        <Form.Item name="kind" label={t('units.kindLabel')}>
          <Select options={UNIT_KINDS.map((value) => ({ value, label: t(`units.kind.${value}`) }))} />
        </Form.Item>
      </div>
      <Form.Item name="parent" label={t('register.member.parent')}>
        <UnitSelect without={unit?.id} placeholder={t('units.top')} />
      </Form.Item>
      <LongField name="note" />
    </ThingForm>
  );
}
