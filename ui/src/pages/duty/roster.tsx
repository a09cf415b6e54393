// SPDX-License-Identifier: Apache-2.0
// The roster as a month: who has which day, holidays, key periods, and loudly where nobody is.
import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Alert, Button, Modal } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PLACES, type Period, type Shift, useCalendar, usePeriods, useShifts } from '../../api/duty-queries';
import { useMay } from '../../api/queries';
import { Loaded } from '../../components/loaded';
import {
  dayText,
  gapsOf,
  isMonth,
  monthDays,
  monthText,
  type RosterDay,
  shiftMonth,
  shiftsOf,
  type Span,
} from '../../lib/roster';
import { rangeOf } from '../../lib/time';
import { type Codec, useUrlState } from '../../lib/url-state';
import { RotationForm } from './rotation';
import { ShiftDrawer } from './shift-drawer';
import { ShiftForm } from './shift-form';
import { SwapsPanel } from './swaps';
import { hoursText, spanText } from './words';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const month: Codec<string> = {
  fallback: '',
  parse: (value) => (isMonth(value) ? value : undefined),
  print: (value) => value,
};
const shift: Codec<number> = {
  fallback: 0,
  parse: (value) => (/^\d{1,9}$/.test(value) ? Number(value) : undefined),
  print: (value) => (value ? String(value) : ''),
};
const STATE = { month, shift };

function Chip({ shift: { place, name, from, to }, onPick }: { shift: Shift; onPick: () => void }) {
  const { t } = useTranslation();
  const words = `${t(`duty.place.${place}`)} ${name} ${spanText(from, to)}`;
  return (
    <button type="button" className={`chip chip-${place}`} title={words} onClick={onPick}>
      <span className="chip-place">{t(`duty.short.${place}`)}</span>
      <span className="chip-name">{name}</span>
    </button>
  );
}

interface DayFacts extends RosterDay {
  shifts: Shift[];
  gaps: Span[];
  marks: { kind: Period['kind']; name: string }[];
}

function DayCell({ day, onPick, onAdd }: { day: DayFacts; onPick: (id: number) => void; onAdd?: () => void }) {
  const { t } = useTranslation();
  const today = day.day === dayText(Date.now());
  const names = ['day', day.inMonth ? '' : 'day-other', today ? 'day-today' : ''].join(' ');
  return (
    <td className={names} data-testid={`day-${day.day}`}>
      <div className="day-head">
        <span className="number" aria-current={today ? 'date' : undefined}>
          {Number(day.day.slice(8))}
        </span>
        {day.marks.map(({ kind, name }) => (
          <span key={kind + name} className={`period period-${kind}`} title={name}>
            {kind === 'key_period' ? name : t(`duty.mark.${kind}`)}
          </span>
        ))}
        <span className="grow" />
        {onAdd && (
          <button type="button" className="day-add" onClick={onAdd} aria-label={t('duty.addOn', { day: day.day })}>
            +
          </button>
        )}
      </div>
      {PLACES.flatMap((place) => day.shifts.filter((each) => each.place === place)).map((each) => (
        <Chip key={each.id} shift={each} onPick={() => onPick(each.id)} />
      ))}
      {day.gaps.map((gap) => (
        <span key={gap.from} className="gap">
          {t('duty.gapOfficer')} <span className="number">{hoursText(gap)}</span>
        </span>
      ))}
    </td>
  );
}

function useMonth(shown: string) {
  const days = useMemo(() => monthDays(shown), [shown]);
  const span = { from: days[0]?.from ?? 0, to: days.at(-1)?.to ?? 0 };
  const range = rangeOf(span.from, span.to);
  const shifts = useShifts(range);
  const { data: calendar } = useCalendar(range);
  const { data: periods } = usePeriods();
  const marksOf = (day: RosterDay): DayFacts['marks'] => {
    const planned = (periods?.items ?? []).filter(
      ({ from, to }) => Date.parse(from) < day.to && Date.parse(to) > day.from,
    );
    const other = calendar?.items.find(({ day: name }) => name === day.day);
    const settled = planned.some(({ kind }) => kind !== 'key_period');
    return [
      ...planned,
      ...(other && !settled ? [{ kind: other.working ? ('workday' as const) : ('holiday' as const), name: '' }] : []),
    ];
  };
  const factsOf = (items: Shift[], now: number): DayFacts[] =>
    days.map((day) => {
      const open = { from: Math.max(day.from, Math.min(now, day.to)), to: day.to };
      return {
        ...day,
        shifts: shiftsOf(items, day),
        gaps: day.inMonth && open.from < open.to ? gapsOf(items, 'officer', open) : [],
        marks: marksOf(day),
      };
    });
  return { shifts, factsOf };
}

function MonthTable({ days, onPick, onAdd }: { days: DayFacts[]; onPick: (id: number) => void; onAdd?: (day: RosterDay) => void }) {
  const { t } = useTranslation();
  const weeks = Array.from({ length: days.length / 7 }, (_, i) => days.slice(7 * i, 7 * i + 7));
  return (
    <table className="month" data-testid="month">
      <thead>
        <tr>
          {WEEKDAYS.map((name) => (
            <th key={name}>{t(`duty.weekday.${name}`)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]?.day}>
            {week.map((day) => (
              <DayCell key={day.day} day={day} onPick={onPick} onAdd={onAdd && (() => onAdd(day))} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Missing({ days }: { days: DayFacts[] }) {
  const { t } = useTranslation();
  const missing = days.filter(({ gaps }) => gaps.length > 0);
  if (missing.length === 0) return null;
  return (
    <Alert
      className="duty-alert"
      type="error"
      showIcon
      data-testid="gaps"
      title={t('duty.gapsTitle', { count: missing.length, first: missing[0]?.day })}
      description={t('duty.gapsHint')}
    />
  );
}

type Task = { kind: 'add'; day?: RosterDay } | { kind: 'rotate' };

export function RosterPart() {
  const { t } = useTranslation();
  const may = useMay('duty.change');
  const [state, change] = useUrlState(STATE);
  const [task, setTask] = useState<Task>();
  const shown = state.month || monthText(Date.now());
  const { shifts, factsOf } = useMonth(shown);
  const close = () => setTask(undefined);
  const go = (by: number) => change({ month: shiftMonth(shown, by) });
  return (
    <>
      <div className="part-head">
        <Button icon={<LeftOutlined />} onClick={() => go(-1)} aria-label={t('duty.monthBefore')} />
        <h2 className="month-name number" data-testid="month-name">
          {shown}
        </h2>
        <Button icon={<RightOutlined />} onClick={() => go(1)} aria-label={t('duty.monthAfter')} />
        <Button onClick={() => change({ month: '' })}>{t('duty.thisMonth')}</Button>
        <span className="grow" />
        {may && (
          <>
            <Button onClick={() => setTask({ kind: 'add' })} data-testid="add-shift">
              {t('duty.addShift')}
            </Button>
            <Button type="primary" onClick={() => setTask({ kind: 'rotate' })} data-testid="rotate">
              {t('duty.rotation.title')}
            </Button>
          </>
        )}
      </div>
      <Loaded query={shifts} rows={12}>
        {({ items }) => {
          const days = factsOf(items, Date.now());
          return (
            <>
              <Missing days={days} />
              <MonthTable
                days={days}
                onPick={(id) => change({ shift: id })}
                onAdd={may ? (day) => setTask({ kind: 'add', day }) : undefined}
              />
              <ShiftDrawer
                shift={items.find(({ id }) => id === state.shift)}
                shifts={items}
                onClose={() => change({ shift: 0 })}
              />
            </>
          );
        }}
      </Loaded>
      <SwapsPanel shifts={shifts.data?.items ?? []} />
      <Modal title={t('duty.addShift')} open={task?.kind === 'add'} onCancel={close} footer={null} destroyOnHidden>
        {task?.kind === 'add' && <ShiftForm day={task.day} onDone={close} />}
      </Modal>
      <Modal
        title={t('duty.rotation.title')}
        open={task?.kind === 'rotate'}
        onCancel={close}
        footer={null}
        width={640}
        destroyOnHidden
      >
        {task?.kind === 'rotate' && <RotationForm month={shown} onDone={close} />}
      </Modal>
    </>
  );
}
