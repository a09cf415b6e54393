// SPDX-License-Identifier: Apache-2.0
// The plan's calendar: key periods, holidays, and working days in their stead.
import { App, Button, Form, Input, InputNumber, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Period, type PeriodNew, useDeletePeriod, usePeriods, useSavePeriod } from '../../api/duty-queries';
import { useMay } from '../../api/queries';
import { describe } from '../../components/describe';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { useDone } from '../../components/use-done';
import { SpanPicker } from './span-picker';
import { SpanTime } from './words';

const KINDS = ['key_period', 'holiday', 'workday'] as const;

interface Fields extends Omit<PeriodNew, 'from' | 'to'> {
  span: [Dayjs, Dayjs];
}

const fieldsOf = (period: Period): Fields => ({ ...period, span: [dayjs(period.from), dayjs(period.to)] });

function PeriodForm({ old, onDone }: { old: Period | undefined; onDone: () => void }) {
  const { t } = useTranslation();
  const { done } = useDone();
  const save = useSavePeriod();
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch('kind', form) ?? old?.kind ?? 'key_period';
  const required = [{ required: true, message: t('signIn.required') }];
  const finish = ({ span: [from, to], ...rest }: Fields) =>
    save.mutate(
      { old, body: { ...rest, from: from.toISOString(), to: to.toISOString() } },
      {
        onSuccess: () => {
          done(t('duty.saved'));
          onDone();
        },
      },
    );
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={old ? fieldsOf(old) : { kind: 'key_period', report_every: 0 }}
      onFinish={finish}
    >
      <Form.Item name="kind" label={t('duty.period.kind')} extra={t(`duty.kindHint.${kind}`)}>
        <Select options={KINDS.map((value) => ({ value, label: t(`duty.kind.${value}`) }))} />
      </Form.Item>
      <Form.Item name="name" label={t('duty.period.name')} rules={required}>
        <Input maxLength={64} placeholder={t('duty.period.nameHint')} />
      </Form.Item>
      <Form.Item name="span" label={t('duty.period.span')} rules={required}>
        <SpanPicker />
      </Form.Item>
      {kind === 'key_period' && (
        <>
          <Form.Item name="report_every" label={t('duty.period.every')} extra={t('duty.period.everyHint')}>
            <InputNumber min={0} max={24} precision={0} />
          </Form.Item>
          <Form.Item name="requirements" label={t('duty.period.requirements')}>
            <Input.TextArea rows={3} maxLength={4000} />
          </Form.Item>
        </>
      )}
      <Button type="primary" htmlType="submit" block loading={save.isPending} data-testid="save-period">
        {t('common.save')}
      </Button>
      <div className="entrance-error" aria-live="polite">
        {save.error && <span role="alert">{describe(t, save.error)}</span>}
      </div>
    </Form>
  );
}

function Actions({ period, onEdit }: { period: Period; onEdit: () => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { done, failed } = useDone();
  const remove = useDeletePeriod();
  const save = useSavePeriod();
  const { id, version, ...body } = period;
  const back = () => save.mutateAsync({ body });
  const ask = () =>
    modal.confirm({
      title: t('duty.period.remove'),
      content: period.name,
      okButtonProps: { danger: true },
      onOk: () =>
        remove.mutateAsync(period).then(() => done(t('duty.period.removed'), back), failed),
    });
  return (
    <span className="actions-inline">
      <Button size="small" type="text" onClick={onEdit}>
        {t('duty.edit')}
      </Button>
      <Button size="small" type="text" danger onClick={ask}>
        {t('duty.remove')}
      </Button>
    </span>
  );
}

function Row({ period, may, onEdit }: { period: Period; may: boolean; onEdit: () => void }) {
  const { t } = useTranslation();
  const now = Date.now();
  const running = Date.parse(period.from) <= now && Date.parse(period.to) > now;
  const past = Date.parse(period.to) <= now;
  return (
    <tr className={past ? 'muted' : undefined}>
      <td className="nowrap">
        <span className={`period period-${period.kind}`}>{t(`duty.kind.${period.kind}`)}</span>
      </td>
      <td>
        <strong>{period.name}</strong> {running && <span className="running">{t('duty.period.running')}</span>}
        {period.requirements && <div className="muted">{period.requirements}</div>}
      </td>
      <td className="nowrap">
        <SpanTime from={period.from} to={period.to} />
      </td>
      <td className="nowrap">
        {period.kind === 'key_period' &&
          (period.report_every ? t('duty.everyHours', { count: period.report_every }) : t('duty.daily'))}
      </td>
      <td>{may && <Actions period={period} onEdit={onEdit} />}</td>
    </tr>
  );
}

export function PeriodsPart() {
  const { t } = useTranslation();
  const query = usePeriods();
  const may = useMay('duty.change');
  const [editing, setEditing] = useState<{ old?: Period }>();
  const close = () => setEditing(undefined);
  const add = may && (
    <Button type="primary" onClick={() => setEditing({})} data-testid="add-period">
      {t('duty.period.add')}
    </Button>
  );
  return (
    <>
      <div className="part-head">
        <p className="muted">{t('duty.period.about')}</p>
        {add}
      </div>
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('duty.period.none')} hint={t('duty.period.noneHint')} />}
      >
        {({ items }) => (
          <div className="table-box">
            <table className="plain plain-lined plain-wide" data-testid="periods">
              <thead>
                <tr>
                  <th>{t('duty.period.kind')}</th>
                  <th>{t('duty.period.name')}</th>
                  <th>{t('duty.period.span')}</th>
                  <th>{t('duty.period.reports')}</th>
                  <th>
                    <span className="unseen">{t('duty.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((period) => (
                  <Row key={period.id} period={period} may={may} onEdit={() => setEditing({ old: period })} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <Modal
        title={t(editing?.old ? 'duty.period.edit' : 'duty.period.add')}
        open={editing !== undefined}
        onCancel={close}
        footer={null}
        destroyOnHidden
      >
        {editing && <PeriodForm old={editing.old} onDone={close} />}
      </Modal>
    </>
  );
}
