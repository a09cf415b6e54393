// SPDX-License-Identifier: Apache-2.0
// The API's schemas under short names.
import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Status = Schemas['Status'];
/** step_seconds: width of the buckets of both series. Without the store, the counts of events say nothing. */
export type Overview = Schemas['Overview'] & { step_seconds?: number; store_reachable?: boolean };
export type Count = Schemas['Count'];
export type Bucket = Schemas['Bucket'];
export type Histogram = Schemas['Histogram'];
export type Level = Schemas['Level'];
export type AlertStatus = Schemas['AlertStatus'];
export type Alert = Schemas['Alert'];
/** total_is_minimum: counting stopped at total. */
export type AlertPage = Schemas['AlertPage'] & { total_is_minimum?: boolean };
export interface AlertChangeRecord {
  time: string;
  by: string;
  from: AlertStatus;
  to: AlertStatus;
  note?: string;
}
export type AlertDetail = Schemas['AlertDetail'] & { history?: AlertChangeRecord[] };
export type AlertQuery = NonNullable<operations['listAlerts']['parameters']['query']>;
export type Event = Schemas['Event'];
export type EventPage = Schemas['EventPage'];
export type EventDetail = Schemas['EventDetail'];
export type Field = Schemas['Field'];

/** Worst first, as every list and legend shows them. */
export const LEVELS: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];
export const ALERT_STATES: readonly AlertStatus[] = ['new', 'acknowledged', 'closed', 'false_positive'];
/** States that still ask for somebody's attention. */
export const OPEN_STATES: readonly AlertStatus[] = ['new', 'acknowledged'];
