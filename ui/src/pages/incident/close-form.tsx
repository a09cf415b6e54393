// SPDX-License-Identifier: Apache-2.0
// Closing asks for what is missing: what it was, how grave, what came of it; and says what is still open.
import { Alert, Form, Input, Modal, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type IncidentDetail, useIncidentReports } from '../../api/incidents-queries';
import { useRectifications } from '../../api/rectifications-queries';
import { useAsOpened } from '../../lib/as-opened';
import { tabPath } from '../../lib/incident-state';
import { GradeFields } from './grade-form';
import { useChange } from './use-change';

type Verdict = 'closed' | 'false_positive';

interface Values {
  status: Verdict;
  note: string;
  category?: string;
  level?: number;
}

const WAITING = ['draft', 'sent', 'confirmed', 'reported', 'returned'];

function StillOpen({ incident, onLeave }: { incident: IncidentDetail; onLeave: () => void }) {
  const { t } = useTranslation();
  const { data: reports } = useIncidentReports(incident.id);
  const { data: notices } = useRectifications({ incident: incident.id });
  const rows = notices?.pages.flatMap(({ items }) => items) ?? [];
  const all = [
    { tab: 'tasks', count: incident.tasks.filter(({ status }) => status === 'open').length },
    { tab: 'reports', count: reports?.items.filter(({ state }) => state === 'pending').length ?? 0 },
    { tab: 'notices', count: rows.filter(({ state }) => WAITING.includes(state)).length },
  ] as const;
  const open = all.filter(({ count }) => count > 0);
  if (open.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      className="form-notice"
      title={t('incident.stillOpen')}
      data-testid="still-open"
      description={
        <ul>
          {open.map(({ tab, count }) => (
            <li key={tab}>
              <Link to={tabPath(incident.id, tab)} onClick={onLeave}>
                {t(`incident.open.${tab}`, { value: count })}
              </Link>
            </li>
          ))}
        </ul>
      }
    />
  );
}

export function CloseForm({ incident: now, open, onClose }: { incident: IncidentDetail; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const status = Form.useWatch('status', form) ?? 'closed';
  const { opened: incident, follow } = useAsOpened(now, open);
  const { change, isPending } = useChange(incident, follow);
  const { category = '', level = 0, category_proposed, level_proposed } = incident;
  const before = { status: incident.status === 'new' ? 'triage' : incident.status, category, level } as const;
  return (
    <Modal
      open={open}
      title={t('incident.closeTitle')}
      okText={t('incident.close')}
      okButtonProps={{ loading: isPending, 'data-testid': 'close-sure' }}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <StillOpen incident={incident} onLeave={onClose} />
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          status: 'closed',
          category: category || category_proposed,
          level: level || level_proposed || undefined,
        }}
        onFinish={(values) => change({ ...values, note: values.note.trim() }, before, onClose)}
      >
        <Form.Item name="status" label={t('incident.verdict')} extra={t(`incident.verdictHint.${status}`)}>
          <Radio.Group
            options={(['closed', 'false_positive'] as const).map((value) => ({
              value,
              label: t(`incident.verdictOf.${value}`),
            }))}
          />
        </Form.Item>
        {status === 'closed' && <GradeFields />}
        <Form.Item name="note" label={t('incident.closeNote')} rules={[{ required: true, whitespace: true, message: t('incident.needNote') }]}>
          <Input.TextArea rows={4} maxLength={8000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
