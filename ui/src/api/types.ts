// SPDX-License-Identifier: Apache-2.0
// The API's schemas under short names.
import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Status = Schemas['Status'];
export type Overview = Schemas['Overview'];
export type Count = Schemas['Count'];
export type RuleCount = Schemas['RuleCount'];
export type Bucket = Schemas['Bucket'];
export type Histogram = Schemas['Histogram'];
export type Level = Schemas['Level'];
export type AlertStatus = Schemas['AlertStatus'];
export type Alert = Schemas['Alert'];
export type AlertChangeRecord = Schemas['AlertChange'];
export type AlertDetail = Schemas['AlertDetail'];
export type AlertPage = Schemas['AlertPage'];
export type AlertsChanged = Schemas['AlertsChanged'];
export type EventProof = Schemas['EventProof'];
export type AlertQuery = NonNullable<operations['listAlerts']['parameters']['query']>;
export type Event = Schemas['Event'];
export type EventPage = Schemas['EventPage'];
export type EventDetail = Schemas['EventDetail'];
export type Field = Schemas['Field'];
export type ValueCount = Schemas['ValueCount'];
export type FieldStatistics = Schemas['FieldStatistics'];
export type PresentFields = Schemas['PresentFields'];
export type SqlAnswer = Schemas['SqlAnswer'];
export type Who = Schemas['Who'];
export type WhoSpan = Schemas['WhoSpan'];
export type Owner = Schemas['Owner'];
export type Incident = Schemas['Incident'];
export type TrailEntry = Schemas['TrailEntry'];
export type View = Schemas['View'];
export type ViewPage = Schemas['ViewPage'];
export type Role = Schemas['Role'];
export type CodeWanted = Schemas['CodeWanted'];
export type FactorSecret = Schemas['FactorSecret'];
export type OwnSession = Schemas['OwnSession'];
export type Token = Schemas['Token'];
export type Account = Schemas['Account'];

export const ROLES: readonly Role[] = [
  'system_administrator',
  'security_administrator',
  'audit_administrator',
  'analyst',
  'duty_officer',
  'unit_responsible',
  'reader',
];

/** Worst first, as every list and legend shows them. */
export const LEVELS: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];
export const ALERT_STATES: readonly AlertStatus[] = ['new', 'acknowledged', 'closed', 'false_positive'];
/** States that still ask for somebody's attention. */
export const OPEN_STATES: readonly AlertStatus[] = ['new', 'acknowledged'];
