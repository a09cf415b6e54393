// SPDX-License-Identifier: Apache-2.0
import { TableOutlined } from '@ant-design/icons';
import { Button, Popover, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFields } from '../../api/queries';
import { DEFAULT_COLUMNS } from '../../lib/url-state';

interface Props {
  value: readonly string[];
  onChange: (columns: readonly string[]) => void;
}

function Choice({ value, onChange }: Props) {
  const { t } = useTranslation();
  const { data: fields = [] } = useFields();
  const offered = fields.filter(({ name }) => name !== '@timestamp');
  return (
    <div className="column-choice">
      {/* Above, where the open list of fields does not cover it. */}
      <Button type="link" size="small" onClick={() => onChange(DEFAULT_COLUMNS)}>
        {t('events.defaultColumns')}
      </Button>
      <Select
        mode="multiple"
        value={[...value]}
        onChange={onChange}
        options={offered.map(({ name, doc }) => ({ value: name, label: name, title: doc }))}
        aria-label={t('events.columns')}
        autoFocus
      />
    </div>
  );
}

export function ColumnChooser(props: Props) {
  const { t } = useTranslation();
  return (
    <Popover trigger="click" placement="bottomRight" content={<Choice {...props} />} destroyOnHidden>
      <Button size="small" icon={<TableOutlined />} data-testid="columns">
        {t('events.columns')}
      </Button>
    </Popover>
  );
}
