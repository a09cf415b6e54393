// SPDX-License-Identifier: Apache-2.0
// An asset as a form: a new one, one that was seen and is in no register, or what is otherwise of one.
import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { type AssetBody, useAddAsset, useChangeAsset } from '../../api/assets-queries';
import {
  ASSET_KINDS,
  type Asset,
  CRITICALITIES,
  EXPOSURES,
  type IdentifierKind,
  LIVES,
  MLPS_LEVELS,
  splitList,
} from '../../lib/register';
import { LongField, NameField, TextField, ThingForm } from './thing-form';
import { UnitSelect } from './unit-select';

const valuesOf = (asset: Partial<AssetBody>) => ({
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

type Values = ReturnType<typeof valuesOf>;

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
  return (
    <ThingForm
      thing={asset}
      adding={t('assets.add')}
      initial={valuesOf(asset ?? proposal ?? {})}
      bodyOf={bodyOf}
      add={useAddAsset().mutateAsync}
      change={useChangeAsset().mutateAsync}
      onClose={onClose}
    >
      <NameField label={t('register.member.name')} />
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
      <TextField name="mlps_number" max={200} />
      <LongField name="purpose" />
      <LongField name="note" />
    </ThingForm>
  );
}
