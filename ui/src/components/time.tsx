// SPDX-License-Identifier: Apache-2.0
import { localTime, utcTime } from '../lib/time';

/** A point in time in the browser's zone; exactly and in UTC on hover. */
export function Time({ value }: { value: string }) {
  return (
    <time className="number" dateTime={value} title={utcTime(value)}>
      {localTime(value)}
    </time>
  );
}
