// SPDX-License-Identifier: Apache-2.0
// Senders of logs as the console shows them: names, searches, groups, and the grid of when they were silent.
import type { Source, SourceSpan, SourceSpans, SourceState } from '../api/sources-queries';
import { kqlAnd, kqlTerm } from './kql';

/** The worst first. */
export const SOURCE_STATES: readonly SourceState[] = ['silent', 'late', 'learning', 'talking', 'retired'];
export const GROUPINGS = ['none', 'unit', 'source', 'listener'] as const;
export type Grouping = (typeof GROUPINGS)[number];

const UNPARSED_SHARE = 0.1;
const UNPARSED_LEAST = 10;

/** What it is called: as the register has it, else its own name, else its address. */
export const nameOf = ({ asset, name, peer, listener, kind }: Source): string =>
  asset?.name ?? name ?? peer ?? (kind === 'other' ? `(${listener})` : (listener ?? ''));

export const unparsedShare = ({ received, unparsed }: Pick<Source, 'received' | 'unparsed'>) =>
  received > 0 ? unparsed / received : 0;

/** As the coverage statement judges it. */
export const isPoorlyParsed = (source: Pick<Source, 'received' | 'unparsed'>) =>
  source.unparsed >= UNPARSED_LEAST && unparsedShare(source) > UNPARSED_SHARE;

/** It talks, and something of it is missing: lost on the way, or not understood. */
export const isWanting = (source: Pick<Source, 'received' | 'unparsed' | 'lost'>) => source.lost > 0 || isPoorlyParsed(source);

/** Read by a format for all: the header is known, and what the line means is not. */
export const isGeneric = (source: string | undefined) => source?.startsWith('generic-') === true;

/** The search for what it said; undefined where no search can tell it from others. */
export function queryOf({ kind, peer, source }: Source): string | undefined {
  if (kind !== 'learnt') return undefined;
  const term = source ? kqlTerm('event.dataset', source) : kqlTerm('event.kind', 'unparsed');
  return peer ? kqlAnd(kqlTerm('peer', peer), term) : term;
}

const rank = ({ state }: Source) => SOURCE_STATES.indexOf(state);

/** The worst first, then the loudest. */
export const byUrgency = (a: Source, b: Source) => rank(a) - rank(b) || b.received - a.received;

export function groupKey(source: Source, grouping: Grouping): string {
  if (grouping === 'unit') return source.asset?.unit_name ?? '';
  if (grouping === 'source') return source.source ?? '';
  return source.listener ?? '';
}

/** Groups by name, the one without a name last. */
export function groupSources(sources: readonly Source[], grouping: Grouping): [string, Source[]][] {
  const groups = new Map<string, Source[]>();
  for (const source of sources) {
    const key = groupKey(source, grouping);
    groups.set(key, [...(groups.get(key) ?? []), source]);
  }
  return [...groups].sort(([a], [b]) => Number(a === '') - Number(b === '') || a.localeCompare(b));
}

// --- when it was silent ---------------------------------------------------------------------------------

/** What a cell of the grid says, in the order in which one outweighs another. */
export const CELL_KINDS = ['none', 'heard', 'unparsed', 'lost', 'silent', 'blind'] as const;
export type CellKind = (typeof CELL_KINDS)[number];

export interface Cell {
  kind: CellKind;
  received: number;
  unparsed: number;
  lost: number;
  /** Seconds of it. */
  silent: number;
  blind: number;
}

const LEAST_SHARE = 0.02;

const emptyCell = (): Cell => ({ kind: 'none', received: 0, unparsed: 0, lost: 0, silent: 0, blind: 0 });

/** Adds the seconds that a span covers of each cell. */
function addSpan(cells: Cell[], member: 'silent' | 'blind', span: SourceSpan, grid: SpanGrid): void {
  const from = Date.parse(span.from);
  const to = span.to === undefined ? grid.until : Math.min(Date.parse(span.to), grid.until);
  const first = Math.max(0, Math.floor((from - grid.start) / grid.step));
  for (let i = first; i < cells.length; i++) {
    const begin = grid.start + i * grid.step;
    const seconds = (Math.min(to, begin + grid.step) - Math.max(from, begin)) / 1000;
    const cell = cells[i];
    if (seconds <= 0 || cell === undefined) break;
    cell[member] += seconds;
  }
}

export function kindOf(cell: Cell, stepSeconds: number): CellKind {
  if (cell.blind > LEAST_SHARE * stepSeconds) return 'blind';
  if (cell.silent > LEAST_SHARE * stepSeconds) return 'silent';
  if (cell.lost > 0) return 'lost';
  if (isPoorlyParsed(cell)) return 'unparsed';
  return cell.received > 0 ? 'heard' : 'none';
}

export interface SpanGrid {
  /** Milliseconds. */
  start: number;
  step: number;
  until: number;
  times: number[];
}

export function gridOf({ from, to, step_seconds, known_to }: SourceSpans): SpanGrid {
  const start = Date.parse(from);
  const step = step_seconds * 1000;
  const count = Math.round((Date.parse(to) - start) / step);
  const until = known_to === undefined ? Date.parse(to) : Math.min(Date.parse(known_to), Date.parse(to));
  return { start, step, until, times: Array.from({ length: count }, (_, i) => start + i * step) };
}

/** A row of cells for each source. A span in which the platform was down blinds all of them. */
export function cellsOf(spans: SourceSpans, ids: readonly string[]): Map<string, Cell[]> {
  const grid = gridOf(spans);
  const counts = new Map(spans.sources.map(({ id, cells }) => [id, cells]));
  const down = spans.spans.filter(({ kind }) => kind === 'down');
  const rows = new Map<string, Cell[]>();
  for (const id of ids) {
    const row = grid.times.map(emptyCell);
    for (const [at = 0, received = 0, unparsed = 0, lost = 0] of counts.get(id) ?? []) {
      const cell = row[at];
      if (cell) Object.assign(cell, { received, unparsed, lost });
    }
    for (const span of spans.spans)
      if (span.kind === 'silent' && span.source === id && !span.learning) addSpan(row, 'silent', span, grid);
    for (const span of down) addSpan(row, 'blind', span, grid);
    for (const cell of row) cell.kind = kindOf(cell, spans.step_seconds);
    rows.set(id, row);
  }
  return rows;
}

/** Seconds of the span in which the platform itself could hear nobody. */
export function blindSeconds(spans: SourceSpans): number {
  const grid = gridOf(spans);
  const cells = grid.times.map(emptyCell);
  for (const span of spans.spans) if (span.kind === 'down') addSpan(cells, 'blind', span, grid);
  return cells.reduce((sum, { blind }) => sum + blind, 0);
}

// --- connecting -------------------------------------------------------------------------------------------

export interface Filling {
  host: string;
  port: string;
  token: string;
}

/** A snippet with this server's address in it. What is not known yet stays as its placeholder. */
export const fillIn = (snippet: string, { host, port, token }: Filling): string =>
  snippet
    .replaceAll('{{host}}', host || '{{host}}')
    .replaceAll('{{port}}', port || '{{port}}')
    .replaceAll('{{token}}', token || 'TOKEN');

export type Reach = 'off' | 'local' | 'open';

/** Of "host:port", ":port" or "[::]:port": the port, and from where it can be reached. */
export function listenerOf(address: string): { port: string; reach: Reach } {
  if (address === '') return { port: '', reach: 'off' };
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const local = /^(127\.|::1$|localhost$)/.test(host);
  return { port: address.slice(at + 1), reach: local ? 'local' : 'open' };
}

// --- lines that nobody knows ---------------------------------------------------------------------------------

const WILDCARD = '<*>';

/** A template's words with a space between, cut where what varies begins and ends. */
export function templateParts(tokens: readonly string[]): { at: number; text: string; varies: boolean }[] {
  let at = 0;
  return tokens
    .join(' ')
    .split(/(<\*>)/)
    .filter((text) => text !== '')
    .map((text) => {
      const part = { at, text: text === WILDCARD ? '…' : text, varies: text === WILDCARD };
      at += text.length;
      return part;
    });
}
