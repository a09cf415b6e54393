// SPDX-License-Identifier: Apache-2.0
// Everything that happened to an incident on one axis: alerts, and what people and the program did about it.
import type { AlertSubject, TimelineLine } from '../api/incidents-queries';
import type { Level } from '../api/types';
import { LEVELS } from '../api/types';

/** Rows of the chart and values of the filter, from the attack to the paperwork. */
export const LANES = ['alert', 'status', 'note', 'task', 'file', 'move', 'notification', 'report'] as const;
export type Lane = (typeof LANES)[number];

const LANE_OF: Record<TimelineLine['kind'], Lane> = {
  alert: 'status',
  status: 'status',
  note: 'note',
  task: 'task',
  file: 'file',
  merge: 'move',
  split: 'move',
  notification: 'notification',
  report: 'report',
  deadline: 'report',
};

export interface AlertMoment {
  key: string;
  lane: 'alert';
  time: string;
  /** Of the last of them. */
  until: string;
  level: Level;
  rule: { id: string; title: string; title_zh?: string };
  /** Ids, in the order of time. */
  alerts: string[];
}

export interface LineMoment {
  key: string;
  lane: Exclude<Lane, 'alert'>;
  time: string;
  line: TimelineLine;
}

export type Moment = AlertMoment | LineMoment;

const toAlert = ({ id, time, level, rule_id, rule_title, rule_title_zh }: AlertSubject): AlertMoment => ({
  key: id,
  lane: 'alert',
  time,
  until: time,
  level,
  rule: { id: rule_id, title: rule_title, title_zh: rule_title_zh },
  alerts: [id],
});

const toLine = (line: TimelineLine): LineMoment => ({
  key: `line-${line.number}`,
  lane: LANE_OF[line.kind] as LineMoment['lane'],
  time: line.time,
  line,
});

const byTime = (a: Moment, b: Moment) => Date.parse(a.time) - Date.parse(b.time);

/** All of it, the oldest first. */
export const momentsOf = (subjects: readonly AlertSubject[], lines: readonly TimelineLine[]): Moment[] =>
  [...subjects.map(toAlert), ...lines.map(toLine)].sort(byTime);

const RUN_MS = 600_000;

/** Alerts of one rule that follow one another closely are one line, so that a list stays readable. */
export function gather(moments: readonly Moment[]): Moment[] {
  const out: Moment[] = [];
  for (const moment of moments) {
    const last = out.at(-1);
    const same =
      moment.lane === 'alert' &&
      last?.lane === 'alert' &&
      last.rule.id === moment.rule.id &&
      Date.parse(moment.time) - Date.parse(last.until) < RUN_MS;
    if (!same) {
      out.push(moment);
      continue;
    }
    const level = LEVELS.indexOf(moment.level) < LEVELS.indexOf(last.level) ? moment.level : last.level;
    out[out.length - 1] = { ...last, level, until: moment.time, alerts: [...last.alerts, ...moment.alerts] };
  }
  return out;
}

export const inSpan = (moments: readonly Moment[], from: number | undefined, to: number | undefined) =>
  moments.filter(({ time }) => {
    const at = Date.parse(time);
    return (from === undefined || at >= from) && (to === undefined || at <= to);
  });
