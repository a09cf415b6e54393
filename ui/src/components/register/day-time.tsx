// SPDX-License-Identifier: Apache-2.0
// One point in time; a chunk of its own, for the calendar is large.
import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';

interface Props {
  id?: string;
  value?: string;
  onChange?: (value: string | undefined) => void;
  label: string;
  placeholder?: string;
}

export default function DayTime({ id, value, onChange, label, placeholder }: Props) {
  return (
    <DatePicker
      id={id}
      className="register-time"
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      aria-label={label}
      placeholder={placeholder ?? label}
      value={value ? dayjs(value) : null}
      // Enter takes the time; it is not meant to send the form, too.
      onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      onChange={(time) => onChange?.(time ? time.toISOString() : undefined)}
      data-testid="day-time"
    />
  );
}
