// SPDX-License-Identifier: Apache-2.0
// When each source was heard, when it was silent, and when we ourselves were down.
import { Button, Segmented } from 'antd';
import type { TFunction } from 'i18next';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Source, SourceSpans } from '../../api/sources-queries';
import { tooltip } from '../../charts/tooltip';
import { Panel } from '../../components/panel';
import { formatCount } from '../../lib/format';
import { sourcePath } from '../../lib/links';
import { byUrgency, CELL_KINDS, type Cell, cellsOf, gridOf, nameOf, queryOf } from '../../lib/sources';
import { localTime, rangeOf } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';
import { useTheme } from '../../theme';
import { useDuration } from './duration';

const HeatMap = lazy(() => import('../../charts/heat-map'));

export const DAYS = [1, 7, 30, 180] as const;
const ROWS_FEW = 24;
const ROWS_MAX = 200;
const ROW_HEIGHT = 18;
const DAY_MS = 86_400_000;
const COLORS = ['--heat-none', '--heat-heard', '--heat-unparsed', '--heat-lost', '--heat-silent', '--heat-blind'];

interface Shown {
  source: Source;
  name: string;
  cells: Cell[];
}

const gapsOf = (cells: readonly Cell[]) =>
  cells.reduce((sum, { silent, lost }) => sum + silent + (lost > 0 ? 1 : 0), 0);

/** Those with gaps first: they are what one looks for. */
function rowsOf(sources: readonly Source[], spans: SourceSpans): Shown[] {
  const known = sources.filter(({ kind }) => kind !== 'other').sort(byUrgency);
  const cells = cellsOf(
    spans,
    known.map(({ id }) => id),
  );
  const rows = known.map((source) => ({
    source,
    name: source.asset || !source.source ? nameOf(source) : `${nameOf(source)} ${source.source}`,
    cells: cells.get(source.id) ?? [],
  }));
  return rows.sort((a, b) => gapsOf(b.cells) - gapsOf(a.cells));
}

const columnOf = (time: number, step: number) =>
  step < DAY_MS ? localTime(time).slice(5, 13).concat(':00') : localTime(time).slice(5, 10);

function tipFor(row: Shown, cell: Cell, time: number, t: TFunction, language: string, lasting: (n: number) => string) {
  const rows = [{ label: t(`sources.cell.${cell.kind}`), value: '', tone: `heat-${cell.kind}` }];
  const add = (label: string, value: string) => rows.push({ label, value, tone: 'heat-plain' });
  if (cell.received) add(t('sources.heat.received'), formatCount(cell.received, language));
  if (cell.unparsed) add(t('sources.heat.unparsed'), formatCount(cell.unparsed, language));
  if (cell.lost) add(t('sources.heat.lost'), formatCount(cell.lost, language));
  if (cell.silent) add(t('sources.heat.silent'), lasting(cell.silent));
  if (cell.blind) add(t('sources.heat.blind'), lasting(cell.blind));
  return tooltip(`${localTime(time)}  ${row.name}`, rows);
}

function Legend() {
  const { t } = useTranslation();
  return (
    <span className="legend">
      {CELL_KINDS.map((kind) => (
        <span key={kind}>
          <span className={`tip-mark heat-${kind}`} />
          {t(`sources.cell.${kind}`)}
        </span>
      ))}
    </span>
  );
}

interface Props {
  sources: readonly Source[];
  spans: SourceSpans | undefined;
  days: number;
  onDays: (days: number) => void;
}

export function Heat({ sources, spans, days, onDays }: Props) {
  const { t, i18n } = useTranslation();
  const { lasting } = useDuration();
  const { name: theme } = useTheme();
  const navigate = useNavigate();
  const [all, setAll] = useState(false);
  const rows = useMemo(() => (spans ? rowsOf(sources, spans) : []), [sources, spans]);
  const grid = useMemo(() => (spans ? gridOf(spans) : undefined), [spans]);
  const shown = rows.slice(0, all ? ROWS_MAX : ROWS_FEW);
  const cells = shown.flatMap(({ cells: line }, y) => line.map(({ kind }, x) => ({ x, y, kind: CELL_KINDS.indexOf(kind) })));
  const pick = (x: number, y: number) => {
    const row = shown[y];
    const start = grid?.times[x];
    if (!row || !grid || start === undefined) return;
    const q = queryOf(row.source);
    navigate(q ? eventsPath({ q, ...rangeOf(start, start + grid.step) }) : sourcePath(row.source.id));
  };
  return (
    <Panel
      title={<span id="heat">{t('sources.heat.title')}</span>}
      className="source-heat"
      extra={
        <>
          <span className="muted">{t('sources.heat.open')}</span>
          <span className="grow" />
          <Segmented
            size="small"
            aria-label={t('sources.heat.span')}
            value={days}
            options={DAYS.map((value) => ({ value, label: t('sources.heat.days', { value }) }))}
            onChange={onDays}
          />
        </>
      }
    >
      {grid && shown.length > 0 ? (
        <div data-testid="heat">
          <Suspense fallback={<div style={{ height: shown.length * ROW_HEIGHT }} />}>
            <HeatMap
              key={theme}
              cells={cells}
              columns={grid.times.map((time) => columnOf(time, grid.step))}
              rows={shown.map(({ name }) => name)}
              colors={COLORS}
              rowHeight={ROW_HEIGHT}
              label={t('sources.heat.label')}
              tip={({ x, y }) => {
                const row = shown[y] as Shown;
                return tipFor(row, row.cells[x] as Cell, grid.times[x] ?? 0, t, i18n.language, lasting);
              }}
              onPick={({ x, y }) => pick(x, y)}
            />
          </Suspense>
          <div className="source-heat-foot">
            <Legend />
            {rows.length > ROWS_FEW && (
              <>
                <span className="muted">{t('sources.heat.rows', { shown: shown.length, all: rows.length })}</span>
                <Button type="link" size="small" onClick={() => setAll(!all)}>
                  {all ? t('sources.heat.few') : t('sources.heat.all', { value: Math.min(rows.length, ROWS_MAX) })}
                </Button>
              </>
            )}
          </div>
        </div>
      ) : (
        <p className="muted panel-empty">{t('sources.heat.none')}</p>
      )}
    </Panel>
  );
}
