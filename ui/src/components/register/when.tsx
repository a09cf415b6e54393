// SPDX-License-Identifier: Apache-2.0
// The two times of a statement: since when it is so, and, where that lies back, why it is only said now.
import { Alert, Form, Input, Radio } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { isCorrection } from '../../lib/register';

const DayTime = lazy(() => import('./day-time'));

interface WhenProps {
  value?: string;
  onChange?: (value: string | undefined) => void;
}

/** Now, or a time; undefined is now. */
export function When({ value, onChange }: WhenProps) {
  const { t } = useTranslation();
  const given = value !== undefined;
  return (
    <div className="register-when">
      <Radio.Group
        value={given ? 'at' : 'now'}
        onChange={({ target }) => onChange?.(target.value === 'at' ? new Date().toISOString() : undefined)}
        options={[
          { value: 'now', label: t('register.fromNow') },
          { value: 'at', label: t('register.fromThen') },
        ]}
        aria-label={t('register.from')}
      />
      {given && (
        <Suspense>
          <DayTime value={value} onChange={onChange} label={t('register.from')} />
        </Suspense>
      )}
    </div>
  );
}

/** For the foot of a form whose values have `from` and `reason`. */
export function StatementFields({ closing }: { closing?: boolean }) {
  const { t } = useTranslation();
  const from: string | undefined = Form.useWatch('from');
  const corrects = isCorrection(from, Date.now());
  return (
    <div className="register-statement">
      <Form.Item name="from" label={t(closing ? 'register.until' : 'register.from')}>
        <When />
      </Form.Item>
      {corrects && <Alert type="info" showIcon title={t('register.correction')} className="register-note" />}
      <Form.Item
        name="reason"
        label={t(corrects ? 'register.reason' : 'register.reasonOptional')}
        rules={corrects ? [{ required: true, whitespace: true, message: t('register.reasonNeeded') }] : []}
      >
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
    </div>
  );
}
