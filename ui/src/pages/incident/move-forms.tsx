// SPDX-License-Identifier: Apache-2.0
// What belongs together: merged into another, split off, opened again. Each can be taken back.
import { Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import {
  type IncidentDetail,
  useFindIncidents,
  useMergeIncident,
  useReopenIncident,
  useSplitIncident,
} from '../../api/incidents-queries';
import { useIncidentTitle } from '../../components/rule-title';
import { useRefused } from '../../components/use-conflict';
import { useDone } from '../../components/use-done';
import { incidentPath } from '../../lib/links';

interface Props {
  incident: IncidentDetail;
  open: boolean;
  onClose: () => void;
}

function Reason() {
  const { t } = useTranslation();
  return (
    <Form.Item name="reason" label={t('incident.reason')}>
      <Input.TextArea rows={2} maxLength={1000} />
    </Form.Item>
  );
}

/** The related ones first, then what is looked for. */
function useChoices(incident: IncidentDetail, words: string, open: boolean) {
  const titleOf = useIncidentTitle();
  const { t } = useTranslation();
  const { data } = useFindIncidents(words, open);
  const related = incident.related.filter(({ status }) => !['closed', 'false_positive', 'merged'].includes(status));
  const near = new Set(related.map(({ id }) => id));
  const others = (data?.items ?? []).filter(
    ({ id, drill }) => id !== incident.id && drill === incident.drill && !near.has(id),
  );
  const option = ({ id, number, ...named }: { id: number; number: string; title: string; title_en?: string }) => ({
    value: id,
    label: `${number} ${titleOf(named)}`,
  });
  return [
    ...(words === '' && related.length > 0
      ? [{ label: t('incident.related'), options: related.map(option) }]
      : []),
    { label: t('incident.others'), options: others.map(option) },
  ];
}

export function MergeForm({ incident, open, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ into: number; reason?: string }>();
  const [words, setWords] = useState('');
  const options = useChoices(incident, words, open);
  const merge = useMergeIncident();
  const reopen = useReopenIncident();
  const navigate = useNavigate();
  const { done } = useDone();
  const refused = useRefused();
  const save = ({ into, reason }: { into: number; reason?: string }) =>
    merge.mutate(
      { id: incident.id, version: incident.version, into, reason },
      {
        onSuccess: (other) => {
          onClose();
          navigate(incidentPath(other.id));
          done(t('incident.merged', { number: other.number }), async () => {
            await reopen.mutateAsync({ id: incident.id, version: incident.version + 1 });
            navigate(incidentPath(incident.id));
          });
        },
        onError: refused,
      },
    );
  return (
    <Modal
      open={open}
      title={t('incident.mergeTitle', { number: incident.number })}
      okText={t('incident.merge')}
      okButtonProps={{ loading: merge.isPending, 'data-testid': 'merge-sure' }}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="muted">{t('incident.mergeHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Form.Item name="into" label={t('incident.into')} rules={[{ required: true, message: t('incident.needInto') }]}>
          <Select
            options={options}
            showSearch={{ filterOption: false, onSearch: setWords }}
            placeholder={t('incident.findHint')}
          />
        </Form.Item>
        <Reason />
      </Form>
    </Modal>
  );
}

export function ReopenForm({ incident, open, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ reason?: string }>();
  const reopen = useReopenIncident();
  const { done } = useDone();
  const refused = useRefused();
  const save = ({ reason }: { reason?: string }) =>
    reopen.mutate(
      { id: incident.id, version: incident.version, reason },
      {
        onSuccess: () => {
          onClose();
          done(t('incident.reopened'));
        },
        onError: refused,
      },
    );
  return (
    <Modal
      open={open}
      title={t('incident.reopen')}
      okText={t('incident.reopen')}
      okButtonProps={{ loading: reopen.isPending, 'data-testid': 'reopen-sure' }}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="muted">{t('incident.reopenHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Reason />
      </Form>
    </Modal>
  );
}

export function SplitForm({ incident, alerts, open, onClose }: Props & { alerts: string[] }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ reason?: string }>();
  const split = useSplitIncident();
  const merge = useMergeIncident();
  const navigate = useNavigate();
  const { done } = useDone();
  const refused = useRefused();
  const save = ({ reason }: { reason?: string }) =>
    split.mutate(
      { id: incident.id, version: incident.version, alerts, reason },
      {
        onSuccess: (other) => {
          onClose();
          navigate(incidentPath(other.id));
          done(t('incident.splitDone', { number: other.number }), async () => {
            await merge.mutateAsync({ id: other.id, version: other.version, into: incident.id });
            navigate(incidentPath(incident.id));
          });
        },
        onError: refused,
      },
    );
  return (
    <Modal
      open={open}
      title={t('incident.splitTitle', { value: alerts.length })}
      okText={t('incident.split')}
      okButtonProps={{ loading: split.isPending, 'data-testid': 'split-sure' }}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="muted">{t('incident.splitHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Reason />
      </Form>
    </Modal>
  );
}
