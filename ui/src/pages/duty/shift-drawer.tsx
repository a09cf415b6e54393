// SPDX-License-Identifier: Apache-2.0
// One shift beside the month: who, when; changed, swapped, taken off.
import { App, Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Shift, useAddShift, useAskSwap, useDeleteShift } from '../../api/duty-queries';
import { useMay } from '../../api/queries';
import { describe } from '../../components/describe';
import { useDone } from '../../components/use-done';
import type { DutyPerson } from '../../api/duty-queries';
import { PersonPicker } from './person-picker';
import { ShiftForm } from './shift-form';
import { OnDuty, Phone, SpanTime, spanText } from './words';

interface SwapFields {
  to?: DutyPerson;
  against?: number;
  reason?: string;
}

function AskSwap({ shift, shifts, onDone }: { shift: Shift; shifts: readonly Shift[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { done } = useDone();
  const ask = useAskSwap();
  const [form] = Form.useForm<SwapFields>();
  const ahead = shifts.filter(
    (other) => other.place === shift.place && other.name !== shift.name && Date.parse(other.from) > Date.now(),
  );
  const finish = ({ to, against, reason }: SwapFields) => {
    const other = ahead.find(({ id }) => id === against);
    const person = other
      ? { name: other.name, phone: other.phone, mail: other.mail, user: other.user, person: other.person }
      : { ...to, name: to?.name.trim() ?? '' };
    ask.mutate(
      { shift: shift.id, against, reason, ...person },
      {
        onSuccess: () => {
          done(t('duty.swap.asked'));
          onDone();
        },
      },
    );
  };
  const against = Form.useWatch('against', form);
  return (
    <Form<SwapFields> form={form} layout="vertical" requiredMark={false} onFinish={finish}>
      <Form.Item name="against" label={t('duty.swap.against')} extra={t('duty.swap.againstHint')}>
        <Select
          allowClear
          options={ahead.map(({ id, name, from, to }) => ({ value: id, label: `${name} ${spanText(from, to)}` }))}
          placeholder={t('duty.swap.againstNone')}
        />
      </Form.Item>
      {against === undefined && (
        <Form.Item
          name="to"
          label={t('duty.swap.to')}
          rules={[
            {
              validator: (_, value?: DutyPerson) =>
                value?.name.trim() ? Promise.resolve() : Promise.reject(new Error(t('signIn.required'))),
            },
          ]}
        >
          <PersonPicker label={t('duty.swap.to')} />
        </Form.Item>
      )}
      <Form.Item name="reason" label={t('duty.swap.reason')}>
        <Input maxLength={400} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={ask.isPending} data-testid="ask-swap">
        {t('duty.swap.ask')}
      </Button>
      <div className="entrance-error" aria-live="polite">
        {ask.error && <span role="alert">{describe(t, ask.error)}</span>}
      </div>
    </Form>
  );
}

function useRemove(shift: Shift, onDone: () => void) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { done, failed } = useDone();
  const remove = useDeleteShift();
  const add = useAddShift();
  const { id, version, ...body } = shift;
  const back = () => add.mutateAsync(body);
  return () =>
    modal.confirm({
      title: t('duty.removeShift'),
      content: `${shift.name} ${spanText(shift.from, shift.to)}`,
      okButtonProps: { danger: true },
      onOk: () =>
        remove.mutateAsync(shift).then(() => {
          done(t('duty.removed'), back);
          onDone();
        }, failed),
    });
}

type Task = 'edit' | 'swap';

function Content({ shift, shifts, onClose }: { shift: Shift; shifts: readonly Shift[]; onClose: () => void }) {
  const { t } = useTranslation();
  const may = useMay('duty.change');
  const remove = useRemove(shift, onClose);
  const [task, setTask] = useState<Task>();
  const ahead = Date.parse(shift.from) > Date.now();
  return (
    <>
      <dl className="pairs">
        <div>
          <dt>{t('duty.person')}</dt>
          <dd>
            <OnDuty shift={shift} />
          </dd>
        </div>
        <div>
          <dt>{t('duty.phone')}</dt>
          <dd>{shift.phone ? <Phone number={shift.phone} /> : t('duty.noPhone')}</dd>
        </div>
        <div>
          <dt>{t('duty.span')}</dt>
          <dd>
            <SpanTime from={shift.from} to={shift.to} />
          </dd>
        </div>
        {shift.note && (
          <div>
            <dt>{t('duty.note')}</dt>
            <dd>{shift.note}</dd>
          </div>
        )}
      </dl>
      {may && (
        <div className="actions">
          <Button onClick={() => setTask('edit')}>{t('duty.edit')}</Button>
          <Button onClick={() => setTask('swap')} disabled={!ahead} data-testid="swap">
            {t('duty.swap.title')}
          </Button>
          <Button danger onClick={remove}>
            {t('duty.remove')}
          </Button>
        </div>
      )}
      {may && !ahead && <p className="muted">{t('duty.swap.begun')}</p>}
      {task === 'edit' && <ShiftForm shift={shift} onDone={() => setTask(undefined)} />}
      {task === 'swap' && <AskSwap shift={shift} shifts={shifts} onDone={() => setTask(undefined)} />}
    </>
  );
}

interface Props {
  shift: Shift | undefined;
  shifts: readonly Shift[];
  onClose: () => void;
}

export function ShiftDrawer({ shift, shifts, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={shift !== undefined}
      onClose={onClose}
      title={shift ? t(`duty.place.${shift.place}`) : ''}
      size={420}
      destroyOnHidden
    >
      {shift && <Content key={shift.id} shift={shift} shifts={shifts} onClose={onClose} />}
    </Drawer>
  );
}
