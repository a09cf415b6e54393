// SPDX-License-Identifier: Apache-2.0
// Chooses a span of time: one of the usual ones at a click, or two points.
import { CalendarOutlined } from '@ant-design/icons';
import { Button, Popover } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isSpan, localTime, type Range, resolveTime, SPANS } from '../lib/time';

const RangePicker = lazy(() => import('./range-picker'));

interface Props {
  value: Range;
  onChange: (range: Range) => void;
}

const isUsual = ({ from, to }: Range) => to === 'now' && isSpan(from);

/** "2026-03-01 08:00 – 09:30", the second date only where it differs. */
function customLabel(range: Range): string {
  const now = Date.now();
  const from = localTime(resolveTime(range.from, now)).slice(0, 16);
  const to = localTime(resolveTime(range.to, now)).slice(0, 16);
  return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}

function CustomRange({ value, onChange }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const choose = (range: Range) => {
    setOpen(false);
    onChange(range);
  };
  const custom = !isUsual(value);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={
        <Suspense fallback={<div className="range-picker" />}>
          <RangePicker value={value} onChange={choose} />
        </Suspense>
      }
    >
      <Button
        size="small"
        type={custom ? 'primary' : 'text'}
        icon={<CalendarOutlined />}
        data-testid="range-custom"
      >
        {custom ? customLabel(value) : t('range.custom')}
      </Button>
    </Popover>
  );
}

export function TimeRange({ value, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <fieldset className="range" aria-label={t('range.label')}>
      {SPANS.map((span) => {
        const chosen = value.to === 'now' && value.from === span;
        return (
          <Button
            key={span}
            size="small"
            type={chosen ? 'primary' : 'text'}
            aria-pressed={chosen}
            onClick={() => onChange({ from: span, to: 'now' })}
            data-testid={`range${span}`}
          >
            {t(`range.${span}`)}
          </Button>
        );
      })}
      <CustomRange value={value} onChange={onChange} />
    </fieldset>
  );
}
