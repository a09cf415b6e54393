// SPDX-License-Identifier: Apache-2.0
// A new exception: what it is for, tried on the past before it holds.
import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { App, AutoComplete, Button, DatePicker, Form, Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useAlert } from '../../../api/alert-queries';
import { type RuleDetail, type RuleWhere, useAddException, useEndException } from '../../../api/rules-queries';
import type { AlertDetail } from '../../../api/types';
import { useDone } from '../../../components/use-done';
import { valueText } from '../../../lib/format';
import { EXCEPTION_FIELDS } from '../../../lib/sigma';
import { readWhy } from '../../../lib/why';
import { useRuleError } from '../use-rule-error';
import { HuntResult, useHunt } from './hunt';

const DAYS_MAX = 365;
const DAYS = 90;
const WHERE_MAX = 64;
const TRIAL_DAYS = 7;

interface Values {
  where: RuleWhere[];
  reason: string;
  expires: Dayjs;
}

/** Of an alert what an exception is usually made of: whom it is about, and what the rule matched. */
export function whereOf({ event, why }: AlertDetail): RuleWhere[] {
  const fields = Object.entries(event?.fields ?? {})
    .filter(([name]) => EXCEPTION_FIELDS.includes(name))
    .map(([field, value]) => ({ field, value: valueText(value) }));
  const matched = readWhy(why)
    .filter(({ field, value }) => field && value && value.length <= 200)
    .map(({ field, value }) => ({ field, value }));
  const all = new Map([...matched, ...fields].map((one) => [one.field, one]));
  return [...all.values()].slice(0, 8);
}

interface Props {
  rule: RuleDetail;
  /** The alert it is made from. */
  alert?: AlertDetail;
}

export function ExceptionForm({ rule, alert }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { done } = useDone();
  const errorText = useRuleError();
  const [form] = Form.useForm<Values>();
  const add = useAddException();
  const end = useEndException();
  const { hunt, id: trial, begin, stop, running } = useHunt();
  useEffect(() => {
    if (alert) form.setFieldValue('where', whereOf(alert));
  }, [alert, form]);

  const tryIt = () =>
    form.validateFields(['where'], { recursive: true }).then(
      () => begin({ rule: rule.id, days: TRIAL_DAYS, where: form.getFieldValue('where') }),
      () => {},
    );
  const save = ({ where, reason, expires }: Values) =>
    add.mutateAsync({ rules: [rule.id], where, reason, expires: expires.toISOString() }).then(
      ({ id }) => {
        form.resetFields();
        stop();
        done(t('rules.exceptionDone'), () => end.mutateAsync(id));
      },
      (error) => {
        message.error(errorText(error));
      },
    );
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      className="exception-form"
      initialValues={{ where: [{ field: 'source.ip', value: '' }], expires: dayjs().add(DAYS, 'day') }}
      onFinish={save}
      data-testid="exception-form"
    >
      <p className="muted">{t('rules.exceptionHint')}</p>
      <Form.List name="where">
        {(rows, { add: more, remove }) => (
          <>
            {rows.map(({ key, name }) => (
              <div key={key} className="where-row">
                <Form.Item
                  name={[name, 'field']}
                  rules={[{ required: true, whitespace: true, message: t('rules.fieldNeeded') }]}
                >
                  <AutoComplete
                    options={EXCEPTION_FIELDS.map((value) => ({ value }))}
                    placeholder={t('rules.field')}
                    aria-label={t('rules.field')}
                  />
                </Form.Item>
                <span className="muted">=</span>
                <Form.Item
                  name={[name, 'value']}
                  rules={[{ required: true, message: t('rules.valueNeeded') }]}
                >
                  <Input className="mono" maxLength={1000} placeholder={t('rules.value')} aria-label={t('rules.value')} />
                </Form.Item>
                <Button
                  type="text"
                  icon={<MinusCircleOutlined />}
                  disabled={rows.length === 1}
                  onClick={() => remove(name)}
                  aria-label={t('rules.removeField')}
                />
              </div>
            ))}
            <Button
              type="dashed"
              size="small"
              icon={<PlusOutlined />}
              disabled={rows.length >= WHERE_MAX}
              onClick={() => more({ field: '', value: '' })}
            >
              {t('rules.addField')}
            </Button>
          </>
        )}
      </Form.List>
      <div className="trial">
        <Button onClick={tryIt} disabled={running} data-testid="try-exception">
          {t('rules.tryException')}
        </Button>
        {trial && <HuntResult hunt={hunt} running={running} />}
      </div>
      <Form.Item
        name="reason"
        label={t('rules.reason')}
        rules={[{ required: true, whitespace: true, message: t('rules.reasonNeeded') }]}
      >
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
      <Form.Item name="expires" label={t('rules.until')} rules={[{ required: true, message: t('rules.untilNeeded') }]}>
        <DatePicker
          allowClear={false}
          minDate={dayjs().add(1, 'day')}
          maxDate={dayjs().add(DAYS_MAX, 'day')}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={add.isPending} data-testid="add-exception">
        {t('rules.addException')}
      </Button>
    </Form>
  );
}

/** The same, made from an alert that is asked for first: looking at one is recorded. */
export function ExceptionFromAlert({ rule, id }: { rule: RuleDetail; id: string }) {
  const { data } = useAlert(id);
  return <ExceptionForm rule={rule} alert={data} />;
}
