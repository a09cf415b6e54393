// SPDX-License-Identifier: Apache-2.0
// One shift: made, or changed where there is one.
import { Button, Form, Input, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import {
  type DutyPerson,
  type DutyPlace,
  PLACES,
  type Shift,
  useAddShift,
  useChangeShift,
} from '../../api/duty-queries';
import { ApiError } from '../../api/errors';
import { describe } from '../../components/describe';
import { useDone } from '../../components/use-done';
import { useAsOpened } from '../../lib/as-opened';
import type { Span } from '../../lib/roster';
import { PersonPicker } from './person-picker';
import { SpanPicker } from './span-picker';

/** When shifts change where nothing else is said. */
export const CHANGE_HOUR = 8;
export const CHANGE_MINUTE = 30;

interface Fields {
  place: DutyPlace;
  span: [Dayjs, Dayjs];
  person: DutyPerson;
  phone?: string;
  note?: string;
}

function initial(shift: Shift | undefined, day: Span | undefined): Partial<Fields> {
  if (shift) {
    const { place, from, to, name, phone, note, mail, user, person } = shift;
    return { place, span: [dayjs(from), dayjs(to)], person: { name, mail, user, person }, phone, note };
  }
  const start = dayjs(day?.from).startOf('day').hour(CHANGE_HOUR).minute(CHANGE_MINUTE);
  return { place: 'officer', span: [start, start.add(1, 'day')] };
}

function Wrong({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!error) return null;
  const taken = error instanceof ApiError && error.code === 'conflict';
  const stale = error instanceof ApiError && error.status === 412;
  return <span role="alert">{taken ? t('duty.taken') : stale ? t('duty.stale') : describe(t, error)}</span>;
}

interface Props {
  shift?: Shift;
  day?: Span;
  onDone: () => void;
}

export function ShiftForm({ shift: live, day, onDone }: Props) {
  const { t } = useTranslation();
  const { opened: shift } = useAsOpened(live);
  const { done } = useDone();
  const add = useAddShift();
  const change = useChangeShift();
  const [form] = Form.useForm<Fields>();
  const required = [{ required: true, message: t('signIn.required') }];
  const finish = ({ place, span: [from, to], person, phone, note }: Fields) => {
    const body = {
      place,
      from: from.toISOString(),
      to: to.toISOString(),
      ...person,
      name: person.name.trim(),
      phone: phone ?? '',
      note: note ?? '',
    };
    const onSuccess = () => {
      done(t('duty.saved'));
      onDone();
    };
    if (shift) change.mutate({ shift, change: body }, { onSuccess });
    else add.mutate(body, { onSuccess });
  };
  const fillPhone = (person: DutyPerson) => form.setFieldsValue({ phone: person.phone ?? '' });
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={initial(shift, day)}
      onFinish={finish}
    >
      <Form.Item name="place" label={t('duty.placeLabel')}>
        <Select options={PLACES.map((value) => ({ value, label: t(`duty.place.${value}`) }))} />
      </Form.Item>
      <Form.Item
        name="person"
        label={t('duty.person')}
        rules={[
          {
            validator: (_, value?: DutyPerson) =>
              value?.name.trim() ? Promise.resolve() : Promise.reject(new Error(t('signIn.required'))),
          },
        ]}
      >
        <PersonPicker label={t('duty.person')} onPick={fillPhone} />
      </Form.Item>
      <Form.Item name="phone" label={t('duty.phone')} extra={t('duty.phoneHint')}>
        <Input maxLength={64} inputMode="tel" />
      </Form.Item>
      <Form.Item name="span" label={t('duty.span')} rules={required} extra={t('duty.spanHint')}>
        <SpanPicker />
      </Form.Item>
      <Form.Item name="note" label={t('duty.note')}>
        <Input maxLength={400} />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={add.isPending || change.isPending} data-testid="save-shift">
        {t('common.save')}
      </Button>
      <div className="entrance-error" aria-live="polite">
        <Wrong error={add.error ?? change.error} />
      </div>
    </Form>
  );
}
