// SPDX-License-Identifier: Apache-2.0
// Shifts of people who take turns: who, from when, how long each; what comes of it is seen before it is made.
import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined } from '@ant-design/icons';
import { Button, Form, InputNumber, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DutyPerson, type DutyPlace, PLACES, useRotate } from '../../api/duty-queries';
import { describe } from '../../components/describe';
import { useDone } from '../../components/use-done';
import { shiftMonth, turnsOf } from '../../lib/roster';
import { PersonPicker } from './person-picker';
import { SpanPicker } from './span-picker';
import { CHANGE_HOUR, CHANGE_MINUTE } from './shift-form';
import { Phone, spanText } from './words';

const HOURS_MAX = 168;
const SHOWN = 14;

interface Fields {
  place: DutyPlace;
  span: [Dayjs, Dayjs];
  hours: number;
}

function People({ people, onChange }: { people: DutyPerson[]; onChange: (people: DutyPerson[]) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<DutyPerson>();
  const move = (from: number, to: number) => {
    const next = [...people];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  const add = (person: DutyPerson) => {
    setTyped(undefined);
    if (person.name.trim()) onChange([...people, { ...person, name: person.name.trim() }]);
  };
  return (
    <>
      <ol className="turn-people">
        {people.map((person, i) => (
          <li key={`${person.name}${person.person ?? ''}`}>
            <span className="number">{i + 1}</span> {person.name} <Phone number={person.phone} />
            <span className="grow" />
            <Button
              type="text"
              size="small"
              icon={<ArrowUpOutlined />}
              disabled={i === 0}
              aria-label={t('duty.rotation.up', { name: person.name })}
              onClick={() => move(i, i - 1)}
            />
            <Button
              type="text"
              size="small"
              icon={<ArrowDownOutlined />}
              disabled={i === people.length - 1}
              aria-label={t('duty.rotation.down', { name: person.name })}
              onClick={() => move(i, i + 1)}
            />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t('duty.rotation.leaveOut', { name: person.name })}
              onClick={() => onChange(people.filter((_, k) => k !== i))}
            />
          </li>
        ))}
      </ol>
      <div className="turn-add">
        <PersonPicker label={t('duty.rotation.addPerson')} value={typed} onChange={setTyped} onPick={add} />
        <Button disabled={!typed?.name.trim()} onClick={() => typed && add(typed)} data-testid="turn-add">
          {t('duty.rotation.add')}
        </Button>
      </div>
    </>
  );
}

function Preview({ people, fields }: { people: DutyPerson[]; fields: Partial<Fields> }) {
  const { t } = useTranslation();
  const [from, to] = fields.span ?? [];
  if (!from || !to || !fields.hours || people.length === 0)
    return <p className="muted">{t('duty.rotation.previewNone')}</p>;
  const turns = turnsOf(people, 0, from.valueOf(), to.valueOf(), fields.hours);
  return (
    <>
      <p>{t('duty.rotation.preview', { count: turns.length })}</p>
      <ul className="turns" data-testid="turns">
        {turns.slice(0, SHOWN).map((turn) => (
          <li key={turn.from}>
            <span className="number">{spanText(turn.from, turn.to)}</span> {turn.person.name}
          </li>
        ))}
        {turns.length > SHOWN && <li className="muted">{t('duty.rotation.more', { count: turns.length - SHOWN })}</li>}
      </ul>
    </>
  );
}

/** From tomorrow, or the month's first where that lies ahead, to the next month's first. */
function initialSpan(month: string): [Dayjs, Dayjs] {
  const change = (day: Dayjs) => day.startOf('day').hour(CHANGE_HOUR).minute(CHANGE_MINUTE);
  const first = dayjs(`${month}-01`);
  const tomorrow = dayjs().add(1, 'day');
  return [change(first.isAfter(tomorrow) ? first : tomorrow), change(dayjs(`${shiftMonth(month, 1)}-01`))];
}

export function RotationForm({ month, onDone }: { month: string; onDone: () => void }) {
  const { t } = useTranslation();
  const { done } = useDone();
  const rotate = useRotate();
  const [form] = Form.useForm<Fields>();
  const [people, setPeople] = useState<DutyPerson[]>([]);
  const values: Partial<Fields> = {
    span: Form.useWatch('span', form),
    hours: Form.useWatch('hours', form),
  };
  const required = [{ required: true, message: t('signIn.required') }];
  const finish = ({ place, span: [from, to], hours }: Fields) =>
    rotate.mutate(
      { place, from: from.toISOString(), to: to.toISOString(), hours, first: 0, people },
      {
        onSuccess: ({ made, left_out }) => {
          const left = left_out ? t('duty.rotation.leftOut', { count: left_out }) : '';
          done(`${t('duty.rotation.made', { count: made })}${left}`);
          onDone();
        },
      },
    );
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ place: 'officer', hours: 24, span: initialSpan(month) }}
      onFinish={finish}
    >
      <div className="form-row">
        <Form.Item name="place" label={t('duty.placeLabel')}>
          <Select options={PLACES.map((value) => ({ value, label: t(`duty.place.${value}`) }))} />
        </Form.Item>
        <Form.Item name="hours" label={t('duty.rotation.hours')} rules={required}>
          <InputNumber min={1} max={HOURS_MAX} precision={0} />
        </Form.Item>
        <Form.Item name="span" label={t('duty.span')} rules={required}>
          <SpanPicker />
        </Form.Item>
      </div>
      <h3>{t('duty.rotation.people')}</h3>
      <People people={people} onChange={setPeople} />
      <h3>{t('duty.rotation.result')}</h3>
      <Preview people={people} fields={values} />
      <Button
        type="primary"
        htmlType="submit"
        block
        disabled={people.length === 0}
        loading={rotate.isPending}
        data-testid="make-rotation"
      >
        {t('duty.rotation.make')}
      </Button>
      <div className="entrance-error" aria-live="polite">
        {rotate.error && <span role="alert">{describe(t, rotate.error)}</span>}
      </div>
    </Form>
  );
}
