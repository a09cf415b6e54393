// SPDX-License-Identifier: Apache-2.0
// The filters that are needed less often: an address, who has it, of which asset or unit it is.
import { FilterOutlined } from '@ant-design/icons';
import { Button, Form, Input, Popover, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAssetsLike, useUnits } from '../../api/alert-queries';
import { useMay, useSession } from '../../api/queries';
import { AssigneeSelect } from '../../components/assignee-select';
import type { AlertsState } from '../../lib/url-state';

interface Props {
  state: AlertsState;
  onChange: (part: Partial<AlertsState>) => void;
}

const ADDRESS = /^([0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*)$/i;
const ADDRESS_MAX = 45;
const NAME_MAX = 64;

function AddressFilter({ state, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(state.source_ip);
  const address = typed.trim();
  const wrong = address !== '' && !ADDRESS.test(address);
  return (
    <Form.Item label={t('alerts.sourceIp')} htmlFor="filter-source" validateStatus={wrong ? 'error' : ''} help={wrong && t('alerts.noAddress')}>
      <Input.Search
        id="filter-source"
        className="mono"
        value={typed}
        maxLength={ADDRESS_MAX}
        allowClear
        onChange={(event) => setTyped(event.target.value)}
        onSearch={() => wrong || onChange({ source_ip: address })}
      />
    </Form.Item>
  );
}

function AssigneeFilter({ state, onChange }: Props) {
  const { t } = useTranslation();
  const { data: session } = useSession();
  /** Who may not give work does not see to whom it may be given. */
  const listed = useMay('incident.change');
  const [typed, setTyped] = useState(state.assignee);
  const me = session?.username ?? '';
  return (
    <Form.Item
      label={t('alerts.assignee')}
      htmlFor="filter-assignee"
      extra={
        <Button type="link" size="small" className="filter-me" onClick={() => onChange({ assignee: me })}>
          {t('alerts.mine')}
        </Button>
      }
    >
      {listed ? (
        <AssigneeSelect
          id="filter-assignee"
          also={state.assignee}
          value={state.assignee || undefined}
          allowClear
          onChange={(name) => onChange({ assignee: name ?? '' })}
        />
      ) : (
        <Input.Search
          id="filter-assignee"
          value={typed}
          maxLength={NAME_MAX}
          allowClear
          onChange={(event) => setTyped(event.target.value)}
          onSearch={(name) => onChange({ assignee: name.trim() })}
        />
      )}
    </Form.Item>
  );
}

function UnitFilter({ state, onChange }: Props) {
  const { t } = useTranslation();
  const { data } = useUnits(true);
  return (
    <Form.Item label={t('alerts.unit')} htmlFor="filter-unit" extra={t('alerts.unitHint')}>
      <Select
        id="filter-unit"
        value={state.unit}
        onChange={(unit) => onChange({ unit })}
        options={data?.items.map(({ id, name }) => ({ value: id, label: name }))}
        showSearch={{ optionFilterProp: 'label' }}
        allowClear
      />
    </Form.Item>
  );
}

function AssetFilter({ state, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const { data, isFetching } = useAssetsLike(useDeferredValue(typed.trim()));
  return (
    <Form.Item label={t('alerts.asset')} htmlFor="filter-asset">
      <Select
        id="filter-asset"
        value={state.asset}
        onChange={(asset) => onChange({ asset })}
        options={data?.items.map(({ id, name }) => ({ value: id, label: name }))}
        showSearch={{ filterOption: false, onSearch: setTyped }}
        loading={isFetching}
        placeholder={t('alerts.assetHint')}
        notFoundContent={typed ? t('alerts.noAsset') : null}
        allowClear
      />
    </Form.Item>
  );
}

export function MoreFilters(props: Props) {
  const { t } = useTranslation();
  const { state } = props;
  const [open, setOpen] = useState(false);
  const knowsRegister = useMay('register.read');
  const count = [state.source_ip, state.assignee, state.asset, state.unit].filter(Boolean).length;
  const change = (part: Partial<AlertsState>) => {
    props.onChange(part);
    setOpen(false);
  };
  const content = (
    <Form layout="vertical" className="filter-more">
      <AddressFilter state={state} onChange={change} key={`ip${state.source_ip}`} />
      <AssigneeFilter state={state} onChange={change} key={`to${state.assignee}`} />
      {knowsRegister && <UnitFilter state={state} onChange={change} />}
      {knowsRegister && <AssetFilter state={state} onChange={change} />}
    </Form>
  );
  return (
    <Popover trigger="click" placement="bottomLeft" open={open} onOpenChange={setOpen} content={content} destroyOnHidden>
      <Button icon={<FilterOutlined />} aria-expanded={open} data-testid="more-filters">
        {t('alerts.moreFilters')}
        {count > 0 && ` (${count})`}
      </Button>
    </Popover>
  );
}
