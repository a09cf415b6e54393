// SPDX-License-Identifier: Apache-2.0
// Which unit is to be told; the draft then has a page of its own, where it is written, looked at and sent.
import { Form, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type IncidentDetail, useUnits } from '../../api/incidents-queries';
import { useAddRectification } from '../../api/rectifications-queries';
import { useRefused } from '../../components/use-conflict';
import { rectificationPath } from '../../lib/links';

export function NotifyForm({ incident, open, onClose }: { incident: IncidentDetail; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ unit: number }>();
  const { data } = useUnits(open);
  const add = useAddRectification(incident.id);
  const navigate = useNavigate();
  const refused = useRefused();
  const concerned = new Set([incident.unit, ...incident.assets.map(({ unit }) => unit)]);
  const units = data?.items ?? [];
  const option = ({ id, name }: { id: number; name: string }) => ({ value: id, label: name });
  const options = [
    { label: t('incident.unitsConcerned'), options: units.filter(({ id }) => concerned.has(id)).map(option) },
    { label: t('incident.unitsOther'), options: units.filter(({ id }) => !concerned.has(id)).map(option) },
  ];
  const draft = ({ unit }: { unit: number }) =>
    add.mutate(
      { unit },
      {
        onSuccess: ({ id }) => {
          onClose();
          navigate(rectificationPath(id));
        },
        onError: refused,
      },
    );
  return (
    <Modal
      open={open}
      title={t('incident.notify')}
      okText={t('incident.draftNotice')}
      okButtonProps={{ loading: add.isPending, 'data-testid': 'notify-sure' }}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="muted">{t('incident.notifyHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ unit: incident.unit }} onFinish={draft}>
        <Form.Item name="unit" label={t('incidents.unit')} rules={[{ required: true, message: t('incident.needUnit') }]}>
          <Select options={options} showSearch={{ optionFilterProp: 'label' }} loading={!data} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
