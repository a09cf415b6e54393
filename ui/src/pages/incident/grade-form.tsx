// SPDX-License-Identifier: Apache-2.0
// What an incident is: title, category and level, with what the program proposes and why.
import { Form, Input, Modal, Select, TreeSelect } from 'antd';
import { useTranslation } from 'react-i18next';
import type { IncidentDetail } from '../../api/incidents-queries';
import { GRADES } from '../../components/incident-tags';
import { useAsOpened } from '../../lib/as-opened';
import { useCategoryName, useCategoryTree } from '../incidents/filters';
import { useChange } from './use-change';

interface Values {
  title: string;
  category?: string;
  level?: number;
}

export function GradeFields() {
  const { t } = useTranslation();
  const tree = useCategoryTree();
  return (
    <>
      <Form.Item name="category" label={t('incidents.category')} rules={[{ required: true, message: t('incident.needCategory') }]}>
        <TreeSelect treeData={tree} showSearch={{ treeNodeFilterProp: 'title' }} treeDefaultExpandAll={false} />
      </Form.Item>
      <Form.Item name="level" label={t('incidents.level')} rules={[{ required: true, message: t('incident.needLevel') }]}>
        <Select options={GRADES.map((value) => ({ value, label: t(`incident.grade.${value}`) }))} />
      </Form.Item>
    </>
  );
}

/** What the proposal rests on, in words. */
export function WhyProposed({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const nameOf = useCategoryName();
  const { why_proposed: why, level_proposed, category_proposed } = incident;
  const word = (value: unknown) => String(value ?? '');
  if (!level_proposed) return null;
  return (
    <p className="muted" data-testid="why-proposed">
      {t('incident.whyProposed', {
        category: nameOf(category_proposed) || '—',
        level: t(`incident.grade.${level_proposed as 1}`),
        by: word(why.by) || '—',
        importance: why.importance ? t(`incident.importance.${why.importance as 'special'}`) : '—',
        loss: why.loss ? t(`incident.loss.${why.loss as 'severe'}`) : '—',
      })}
    </p>
  );
}

export function GradeForm({ incident: now, open, onClose }: { incident: IncidentDetail; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const { opened: incident, follow } = useAsOpened(now, open);
  const { change, isPending } = useChange(incident, follow);
  const { title, category = '', level = 0, category_proposed, level_proposed } = incident;
  const save = (values: Values) => {
    change({ ...values }, { title, category, level }, onClose);
  };
  return (
    <Modal
      open={open}
      title={t('incident.gradeTitle')}
      okText={t('common.save')}
      okButtonProps={{ loading: isPending, 'data-testid': 'grade-save' }}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <WhyProposed incident={incident} />
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ title, category: category || category_proposed, level: level || level_proposed }}
        onFinish={save}
      >
        <Form.Item name="title" label={t('incidents.name')} rules={[{ required: true, whitespace: true, message: t('incident.needTitle') }]}>
          <Input maxLength={200} />
        </Form.Item>
        <GradeFields />
      </Form>
    </Modal>
  );
}
