// SPDX-License-Identifier: Apache-2.0
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useUnits } from '../../api/admin-queries';

interface Props {
  id?: string;
  value?: number | null;
  onChange?: (unit: number | null) => void;
  disabled?: boolean;
  size?: 'small';
}

/** A unit of the register by its name; those below another stand further in. */
export function UnitSelect({ id, value, onChange, disabled, size }: Props) {
  const { t } = useTranslation();
  const { data, isPending } = useUnits();
  const options = (data?.items ?? []).map(({ id: unit, name, depth = 0 }) => ({
    value: unit,
    label: `${'\u3000'.repeat(depth)}${name}`,
  }));
  return (
    <Select<number>
      id={id}
      className="accounts-unit"
      size={size}
      value={value ?? undefined}
      options={options}
      loading={isPending}
      disabled={disabled}
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('accounts.chooseUnit')}
      aria-label={t('accounts.unit')}
      allowClear
      onChange={(unit: number | undefined) => onChange?.(unit ?? null)}
    />
  );
}
