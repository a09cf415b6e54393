// SPDX-License-Identifier: Apache-2.0
// The addresses of the list of incidents and of the workbench; other pages link to them.
import type { IncidentStatus } from '../api/incidents-queries';
import { incidentPath } from './links';
import { flag, list, printState, type StateOf, text } from './url-state';

export const INCIDENT_STATES: readonly IncidentStatus[] = [
  'new',
  'triage',
  'handling',
  'rectification',
  'closed',
  'false_positive',
  'merged',
];

export const LEVEL_NAMES = ['1', '2', '3', '4', '0'] as const;

export const INCIDENTS_STATE = {
  q: text(),
  status: list<IncidentStatus>(INCIDENT_STATES),
  level: list<string>(LEVEL_NAMES),
  assignee: text(),
  unit: text(),
  category: text(),
  overdue: flag,
  drill: flag,
  sort: text('urgent'),
};
export type IncidentsState = StateOf<typeof INCIDENTS_STATE>;

export function incidentsPath(state: Partial<IncidentsState>): string {
  const query = printState(INCIDENTS_STATE, state).toString();
  return query ? `/incidents?${query}` : '/incidents';
}

export const TABS = [
  'overview',
  'timeline',
  'graph',
  'attack',
  'alerts',
  'evidence',
  'tasks',
  'reports',
  'notices',
  'history',
] as const;
export type Tab = (typeof TABS)[number];
export const isTab = (name: string | undefined): name is Tab => (TABS as readonly string[]).includes(name ?? '');

export const tabPath = (id: number, tab: Tab, query: Readonly<Record<string, string>> = {}) => {
  const path = tab === 'overview' ? incidentPath(id) : `${incidentPath(id)}/${tab}`;
  const text = new URLSearchParams(query).toString();
  return text ? `${path}?${text}` : path;
};
