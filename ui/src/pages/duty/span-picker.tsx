// SPDX-License-Identifier: Apache-2.0
import { DatePicker } from 'antd';
import type { Dayjs } from 'dayjs';
import 'dayjs/locale/zh-cn';

interface Props {
  id?: string;
  value?: [Dayjs, Dayjs];
  onChange?: (span: [Dayjs, Dayjs] | undefined) => void;
}

/** From and to, to the minute, in a form. Enter takes over what was typed and does not send the form. */
export function SpanPicker({ id, value, onChange }: Props) {
  return (
    <DatePicker.RangePicker
      id={id}
      value={value}
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.preventDefault();
      }}
      onChange={(times) => {
        const [from, to] = times ?? [];
        onChange?.(from && to ? [from, to] : undefined);
      }}
    />
  );
}
