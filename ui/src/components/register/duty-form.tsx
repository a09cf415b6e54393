// SPDX-License-Identifier: Apache-2.0
import { Form, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAddDuty } from '../../api/assets-queries';
import { ASSET_DUTIES, type DutyName, UNIT_DUTIES } from '../../lib/register';
import type { Holder } from './duties';
import { FormDrawer } from './form-drawer';
import { PersonSelect } from './person-select';
import { StatementFields } from './when';

interface Values {
  person?: number;
  duty: DutyName;
  others: 'instead' | 'also';
  from?: string;
  reason?: string;
}

const FIELDS = ['person', 'duty', 'reason'] as const;

export function DutyForm({ holder, onClose }: { holder: Exclude<Holder, { person: number }>; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddDuty();
  const names: readonly DutyName[] = 'asset' in holder ? ASSET_DUTIES : UNIT_DUTIES;
  const save = ({ person, duty, others, from, reason }: Values) =>
    add.mutateAsync({
      ...holder,
      person: person ?? 0,
      duty,
      [others]: true,
      valid_from: from,
      reason: reason?.trim() || undefined,
    });
  return (
    <FormDrawer<Values>
      title={t('register.addDuty')}
      initial={{ duty: names[0] ?? 'operator', others: 'instead' }}
      fields={FIELDS}
      onSubmit={save}
      onClose={onClose}
    >
      <Form.Item name="duty" label={t('register.dutyLabel')}>
        <Select options={names.map((value) => ({ value, label: t(`register.duty.${value}`) }))} />
      </Form.Item>
      <Form.Item name="person" label={t('register.person')} rules={[{ required: true, message: t('register.needed') }]}>
        <PersonSelect />
      </Form.Item>
      <Form.Item name="others" label={t('register.others')}>
        <Radio.Group
          options={[
            { value: 'instead', label: t('register.instead') },
            { value: 'also', label: t('register.also') },
          ]}
        />
      </Form.Item>
      <StatementFields />
    </FormDrawer>
  );
}
