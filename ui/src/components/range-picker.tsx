// SPDX-License-Identifier: Apache-2.0
// A chunk of its own: the calendar is large and seldom needed.
import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { type Range, rangeOf, resolveTime } from '../lib/time';

interface Props {
  value: Range;
  onChange: (range: Range) => void;
}

export default function RangePicker({ value, onChange }: Props) {
  const now = Date.now();
  return (
    <div className="range-picker">
      <DatePicker.RangePicker
        showTime={{ format: 'HH:mm' }}
        format="YYYY-MM-DD HH:mm"
        allowClear={false}
        defaultValue={[dayjs(resolveTime(value.from, now)), dayjs(resolveTime(value.to, now))]}
        onChange={(times) => {
          const [from, to] = times ?? [];
          if (from && to) onChange(rangeOf(from.valueOf(), to.valueOf()));
        }}
      />
    </div>
  );
}
