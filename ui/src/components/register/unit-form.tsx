// SPDX-License-Identifier: Apache-2.0
import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAddUnit, useChangeUnit } from '../../api/assets-queries';
import { UNIT_KINDS, type Unit } from '../../lib/register';
import { FormDrawer } from './form-drawer';
import { UnitSelect } from './unit-select';
import { StatementFields } from './when';

interface Values {
  name: string;
  code: string;
  kind: Unit['kind'];
  parent: number | null;
  note: string;
  from?: string;
  reason?: string;
}

const FIELDS = ['name', 'code', 'kind', 'parent', 'note', 'reason'] as const;

interface Props {
  unit?: Unit;
  parent?: number;
  onClose: () => void;
}

export function UnitForm({ unit, parent, onClose }: Props) {
  const { t } = useTranslation();
  const add = useAddUnit();
  const change = useChangeUnit();
  const initial: Values = {
    name: unit?.name ?? '',
    code: unit?.code ?? '',
    kind: unit?.kind ?? 'faculty',
    parent: (unit ? unit.parent : parent) || null,
    note: unit?.note ?? '',
  };
  const save = async ({ from, reason, ...members }: Values) => {
    const why = reason?.trim() || undefined;
    if (!unit) return add.mutateAsync({ ...members, valid_from: from, reason: why });
    const changed = Object.fromEntries(
      Object.entries(members).filter(([name, value]) => value !== initial[name as keyof Values]),
    );
    if (Object.keys(changed).length === 0) return undefined;
    return change.mutateAsync({ id: unit.id, version: unit.version, body: { ...changed, from, reason: why } });
  };
  return (
    <FormDrawer<Values>
      title={unit ? t('asset.editOf', { name: unit.name }) : t('units.add')}
      initial={initial}
      fields={FIELDS}
      onSubmit={save}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t('register.member.name')}
        rules={[{ required: true, whitespace: true, message: t('register.needed') }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <div className="register-columns">
        <Form.Item name="code" label={t('register.member.code')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="kind" label={t('units.kindLabel')}>
          <Select options={UNIT_KINDS.map((value) => ({ value, label: t(`units.kind.${value}`) }))} />
        </Form.Item>
      </div>
      <Form.Item name="parent" label={t('register.member.parent')}>
        <UnitSelect without={unit?.id} placeholder={t('units.top')} />
      </Form.Item>
      <Form.Item name="note" label={t('register.member.note')}>
        <Input.TextArea rows={2} maxLength={1300} />
      </Form.Item>
      <StatementFields />
    </FormDrawer>
  );
}
