// SPDX-License-Identifier: Apache-2.0
// An asset as a form: a new one, one that was seen and is in no register, or what is otherwise of one.
import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { type AssetBody, type AssetChange, useAddAsset, useChangeAsset } from '../../api/assets-queries';
import {
  ASSET_KINDS,
  type Asset,
  CRITICALITIES,
  EXPOSURES,
  IDENTIFIERS,
  type IdentifierKind,
  LIVES,
  MLPS_LEVELS,
  splitList,
} from '../../lib/register';
import { FormDrawer } from './form-drawer';
import { UnitSelect } from './unit-select';
import { StatementFields } from './when';

type Lists = Record<IdentifierKind, string>;
interface Values extends Lists {
  name: string;
  kind: Asset['kind'];
  unit: number | null;
  purpose: string;
  exposure?: Asset['exposure'];
  mlps_level: string;
  mlps_number: string;
  criticality?: Asset['criticality'];
  life: Asset['life'];
  note: string;
  from?: string;
  reason?: string;
}

const FIELDS = [
  'name', 'kind', 'unit', ...IDENTIFIERS, 'purpose', 'exposure', 'mlps_level', 'mlps_number', 'criticality', 'life',
  'note', 'reason',
] as const;

const valuesOf = (asset: Partial<AssetBody>): Values => ({
  name: asset.name ?? '',
  kind: asset.kind ?? 'host',
  unit: asset.unit || null,
  addresses: (asset.addresses ?? []).join('\n'),
  hosts: (asset.hosts ?? []).join('\n'),
  domains: (asset.domains ?? []).join('\n'),
  urls: (asset.urls ?? []).join('\n'),
  macs: (asset.macs ?? []).join('\n'),
  purpose: asset.purpose ?? '',
  exposure: asset.exposure,
  mlps_level: String(asset.mlps_level ?? 0),
  mlps_number: asset.mlps_number ?? '',
  criticality: asset.criticality,
  life: asset.life ?? 'in_service',
  note: asset.note ?? '',
});

const bodyOf = (values: Values) => ({
  name: values.name.trim(),
  kind: values.kind,
  unit: values.unit,
  addresses: splitList(values.addresses),
  hosts: splitList(values.hosts),
  domains: splitList(values.domains),
  urls: splitList(values.urls),
  macs: splitList(values.macs),
  purpose: values.purpose.trim(),
  exposure: values.exposure,
  mlps_level: Number(values.mlps_level),
  mlps_number: values.mlps_number.trim(),
  criticality: values.criticality,
  life: values.life,
  note: values.note.trim(),
});

/** What the form says otherwise than the asset: nothing else is a statement. */
export function changeOf(asset: Partial<AssetBody>, values: Values): Partial<AssetChange> {
  const before = bodyOf(valuesOf(asset)) as Record<string, unknown>;
  const entries = Object.entries(bodyOf(values));
  return Object.fromEntries(entries.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
}

function IdentifierField({ kind }: { kind: IdentifierKind }) {
  const { t } = useTranslation();
  return (
    <Form.Item name={kind} label={t(`register.member.${kind}`)}>
      <Input.TextArea rows={kind === 'addresses' ? 3 : 2} className="mono" placeholder={t(`asset.example.${kind}`)} />
    </Form.Item>
  );
}

function Choices() {
  const { t } = useTranslation();
  return (
    <div className="register-columns">
      <Form.Item name="life" label={t('register.member.life')}>
        <Select options={LIVES.map((value) => ({ value, label: t(`register.life.${value}`) }))} />
      </Form.Item>
      <Form.Item name="criticality" label={t('register.member.criticality')}>
        <Select allowClear options={CRITICALITIES.map((value) => ({ value, label: t(`register.criticality.${value}`) }))} />
      </Form.Item>
      <Form.Item name="exposure" label={t('register.member.exposure')}>
        <Select allowClear options={EXPOSURES.map((value) => ({ value, label: t(`register.exposure.${value}`) }))} />
      </Form.Item>
      <Form.Item name="mlps_level" label={t('register.member.mlps_level')}>
        <Select options={MLPS_LEVELS.map((value) => ({ value, label: t(`register.mlps.${value}`) }))} />
      </Form.Item>
    </div>
  );
}

interface Props {
  /** The one that is changed; absent for a new one. */
  asset?: Asset;
  /** What is known of a new one. */
  proposal?: Partial<AssetBody>;
  onClose: () => void;
}

export function AssetForm({ asset, proposal, onClose }: Props) {
  const { t } = useTranslation();
  const add = useAddAsset();
  const change = useChangeAsset();
  const save = async (values: Values) => {
    const reason = values.reason?.trim() || undefined;
    if (!asset) return add.mutateAsync({ ...bodyOf(values), valid_from: values.from, reason });
    const body = changeOf(asset, values);
    if (Object.keys(body).length === 0) return undefined;
    return change.mutateAsync({ id: asset.id, version: asset.version, body: { ...body, from: values.from, reason } });
  };
  return (
    <FormDrawer<Values>
      title={asset ? t('asset.editOf', { name: asset.name }) : t('assets.add')}
      initial={valuesOf(asset ?? proposal ?? {})}
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
        <Form.Item name="kind" label={t('register.member.kind')}>
          <Select options={ASSET_KINDS.map((value) => ({ value, label: t(`register.kind.${value}`) }))} />
        </Form.Item>
        <Form.Item name="unit" label={t('register.unit')}>
          <UnitSelect />
        </Form.Item>
      </div>
      <Choices />
      <p className="muted register-note">{t('asset.identifiersHint')}</p>
      <IdentifierField kind="addresses" />
      <div className="register-columns">
        <IdentifierField kind="hosts" />
        <IdentifierField kind="domains" />
        <IdentifierField kind="urls" />
        <IdentifierField kind="macs" />
      </div>
      <Form.Item name="mlps_number" label={t('register.member.mlps_number')}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="purpose" label={t('register.member.purpose')}>
        <Input.TextArea rows={2} maxLength={1300} />
      </Form.Item>
      <Form.Item name="note" label={t('register.member.note')}>
        <Input.TextArea rows={2} maxLength={1300} />
      </Form.Item>
      <StatementFields />
    </FormDrawer>
  );
}
