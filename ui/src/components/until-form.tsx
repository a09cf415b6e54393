// SPDX-License-Identifier: Apache-2.0
// Something is left alone until a time: until when, and why.
import { Alert, Form, Input, Modal, Radio } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describe } from './describe';

const DayTime = lazy(() => import('./register/day-time'));
const DAY_MS = 86_400_000;
const DAYS = [1, 7, 30, 90] as const;
const MAX_MS = 366 * DAY_MS;

export interface Until {
  until: string;
  reason: string;
}

interface Values {
  days: number;
  at?: string;
  reason: string;
}

interface Props {
  title: string;
  hint: string;
  example: string;
  /** What was said before. */
  before?: Until;
  onSave: (until: Until) => Promise<unknown>;
  onClose: () => void;
}

const AT = 0;

function At(props: { id?: string; value?: string; onChange?: (value: string | undefined) => void }) {
  const { t } = useTranslation();
  return (
    <Suspense>
      <DayTime {...props} label={t('until.until')} />
    </Suspense>
  );
}

export function UntilForm({ title, hint, example, before, onSave, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const days = Form.useWatch('days', form);
  const save = ({ days: chosen, at, reason }: Values) => {
    setBusy(true);
    const until = chosen === AT ? (at ?? '') : new Date(Date.now() + chosen * DAY_MS).toISOString();
    return onSave({ until, reason: reason.trim() })
      .then(onClose, (error: unknown) => setRefusal(describe(t, error)))
      .finally(() => setBusy(false));
  };
  const isSoon = (_: unknown, at?: string) => {
    const ms = Date.parse(at ?? '') - Date.now();
    return ms > 0 && ms <= MAX_MS ? Promise.resolve() : Promise.reject(new Error(t('until.wrong')));
  };
  return (
    <Modal
      open
      title={title}
      width={460}
      okText={t('common.save')}
      okButtonProps={{ htmlType: 'submit', form: 'until-form', loading: busy }}
      onCancel={onClose}
    >
      <Form<Values>
        id="until-form"
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ days: before ? AT : 7, at: before?.until, reason: before?.reason ?? '' }}
        onFinish={save}
      >
        <p className="muted">{hint}</p>
        <div aria-live="polite">{refusal && <Alert type="error" showIcon title={refusal} className="register-note" />}</div>
        <Form.Item name="days" label={t('until.until')}>
          <Radio.Group
            options={[
              ...DAYS.map((value) => ({ value: value as number, label: t('until.days', { count: value }) })),
              { value: AT, label: t('until.at') },
            ]}
          />
        </Form.Item>
        {days === AT && (
          <Form.Item name="at" rules={[{ validator: isSoon }]}>
            <At />
          </Form.Item>
        )}
        <Form.Item
          name="reason"
          label={t('until.reason')}
          rules={[{ required: true, whitespace: true, message: t('until.reasonNeeded') }]}
        >
          <Input.TextArea rows={2} maxLength={500} placeholder={example} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
