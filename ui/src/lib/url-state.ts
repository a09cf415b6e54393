// SPDX-License-Identifier: Apache-2.0
// What a page shows is in its address, so that it can be shared, bookmarked and gone back to. A page's state
// is a table of codecs; a value equal to its default is left out of the address.
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useSearchParams } from 'react-router';
import type { AlertStatus, Level } from '../api/types';
import { ALERT_STATES, LEVELS } from '../api/types';
import { DEFAULT_RANGE, isTime } from './time';

export interface Codec<T> {
  fallback: T;
  /** undefined for what cannot be meant. */
  parse: (text: string) => T | undefined;
  /** '' stands for "leave it out". */
  print: (value: T) => string;
}

const LIST_MAX = 40;
const TEXT_MAX = 8192;

export const text = (fallback = ''): Codec<string> => ({
  fallback,
  parse: (value) => (value.length <= TEXT_MAX ? value : undefined),
  print: (value) => value,
});

export const time = (fallback: string): Codec<string> => ({
  fallback,
  parse: (value) => (isTime(value) ? value : undefined),
  print: (value) => value,
});

export const flag: Codec<boolean | undefined> = {
  fallback: undefined,
  parse: (value) => ({ true: true, false: false })[value],
  print: (value) => (value === undefined ? '' : String(value)),
};

export function list<T extends string>(
  allowed?: readonly T[],
  fallback: readonly T[] = [],
): Codec<readonly T[]> {
  const known = (value: string): value is T => !allowed || (allowed as readonly string[]).includes(value);
  return {
    fallback,
    parse: (value) => value.split(',').filter(Boolean).slice(0, LIST_MAX).filter(known),
    print: (values) => values.join(','),
  };
}

export const number: Codec<number | undefined> = {
  fallback: undefined,
  parse: (value) => (/^[1-9]\d{0,14}$/.test(value) ? Number(value) : undefined),
  print: (value) => (value === undefined ? '' : String(value)),
};

type Table = Record<
  string,
  { parse: (text: string) => unknown; print: (value: never) => string; fallback: unknown }
>;
export type StateOf<C extends Table> = { [K in keyof C]: C[K]['fallback'] };

export function parseState<C extends Table>(codecs: C, params: URLSearchParams): StateOf<C> {
  const read = ([name, codec]: [string, Table[string]]) => {
    const value = params.get(name);
    return [name, (value === null ? undefined : codec.parse(value)) ?? codec.fallback];
  };
  return Object.fromEntries(Object.entries(codecs).map(read)) as StateOf<C>;
}

export function printState<C extends Table>(codecs: C, state: Partial<StateOf<C>>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, codec] of Object.entries(codecs)) {
    const value = state[name as keyof C];
    const printed = value === undefined ? '' : codec.print(value as never);
    if (printed !== '' && printed !== codec.print(codec.fallback as never)) params.set(name, printed);
  }
  return params;
}

const range = { from: time(DEFAULT_RANGE.from), to: time(DEFAULT_RANGE.to) };

export const OVERVIEW_STATE = range;
export const ALERTS_STATE = {
  ...range,
  level: list<Level>(LEVELS),
  status: list<AlertStatus>(ALERT_STATES),
  rule: text(),
  tactic: text(),
  source_ip: text(),
  assignee: text(),
  asset: number,
  unit: number,
  q: text(),
  drill: flag,
};
export const DEFAULT_COLUMNS = ['event.dataset', 'host.name', 'source.ip', 'user.name', 'message'] as const;
export const TRAIL_STATE = { ...range, user: text(), action: text(), outcome: text(), q: text() };
/** by: what the histogram's bars are divided by; event: the number of the event that is looked at. */
export const EVENTS_STATE = {
  ...range,
  q: text(),
  columns: list<string>(undefined, DEFAULT_COLUMNS),
  by: text(),
  event: text(),
};

export type AlertsState = StateOf<typeof ALERTS_STATE>;
export type EventsState = StateOf<typeof EVENTS_STATE>;
export type TrailState = StateOf<typeof TRAIL_STATE>;

function address<C extends Table>(path: string, codecs: C, state: Partial<StateOf<C>>): string {
  const query = printState(codecs, state).toString();
  return query ? `${path}?${query}` : path;
}

export const alertsPath = (state: Partial<AlertsState>) => address('/alerts', ALERTS_STATE, state);
export const eventsPath = (state: Partial<EventsState>) => address('/events', EVENTS_STATE, state);

/** A page's state and how to change part of it, as one step of the browser's history. */
export function useUrlState<C extends Table>(codecs: C) {
  const [params, setParams] = useSearchParams();
  // What was said last, also where it is not drawn yet: a second change that comes soon keeps the first.
  const latest = useRef(params);
  useEffect(() => {
    latest.current = params;
  }, [params]);
  const state = useMemo(() => parseState(codecs, params), [codecs, params]);
  const change = useCallback(
    (part: Partial<StateOf<C>>) => {
      latest.current = printState(codecs, { ...parseState(codecs, latest.current), ...part });
      setParams(latest.current);
    },
    [codecs, setParams],
  );
  return [state, change] as const;
}
