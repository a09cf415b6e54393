// SPDX-License-Identifier: Apache-2.0
// Bytes in and out over time, as one source saw them: several see the same session, so that their sums say nothing.
import { Segmented } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useTraffic } from '../../api/assets-queries';
import { bars, type TipParam, timeAxis, tooltipBox } from '../../charts/options';
import { tooltip } from '../../charts/tooltip';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { formatBytes } from '../../lib/format';
import { kqlTerm } from '../../lib/kql';
import { fill, type Grid, gridOver } from '../../lib/series';
import { localTime, type Range, rangeOf } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';
import { cssColor, useTheme } from '../../theme';
import { NothingSaid, searchOf } from './network';

const Chart = lazy(() => import('../../charts/chart'));
const HEIGHT = 170;

type Data = NonNullable<ReturnType<typeof useTraffic>['data']>;

interface Series {
  grid: Grid;
  sent: number[];
  received: number[];
}

export function seriesOf(data: Data, dataset: string): Series {
  const grid = gridOver(data.from, data.to, data.interval_seconds);
  const of = (key: 'sent' | 'received') =>
    fill(
      grid,
      data.items.filter((item) => item.dataset === dataset).map((item) => ({ time: item.time, count: item[key] })),
    );
  return { grid, sent: of('sent'), received: of('received') };
}

/** Which sources counted bytes, the one with the most first. */
export function datasetsOf({ items }: Data): { name: string; bytes: number }[] {
  const sums = new Map<string, number>();
  for (const { dataset, sent, received } of items) sums.set(dataset, (sums.get(dataset) ?? 0) + sent + received);
  return [...sums].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
}

function useOption({ grid, sent, received }: Series) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  return useMemo(() => {
    const label = { sent: t('asset.sent'), received: t('asset.received') };
    const tip = (params: TipParam[]) =>
      tooltip(
        localTime(grid.times[params[0]?.dataIndex ?? 0] ?? 0),
        params.map(({ seriesId, value }) => ({
          label: label[seriesId as 'sent'],
          value: formatBytes(Math.abs(value), i18n.language),
          tone: seriesId === 'sent' ? 'tone-low' : 'tone-events',
        })),
      );
    return {
      animation: false,
      grid: { left: 66, right: 8, top: 8, bottom: 22 },
      xAxis: timeAxis(grid),
      yAxis: {
        type: 'value',
        splitNumber: 3,
        axisLabel: {
          color: cssColor('--muted'),
          fontSize: 11,
          formatter: (n: number) => formatBytes(Math.abs(n), i18n.language),
        },
        splitLine: { lineStyle: { color: cssColor('--line') } },
      },
      tooltip: tooltipBox(tip),
      series: [
        { ...bars('received', cssColor('--bar'), received), stack: 'bytes' },
        { ...bars('sent', cssColor('--level-low'), sent), stack: 'bytes' },
      ],
    };
    // Drawn anew with the theme, from whose style sheet the colours are read.
  }, [grid, sent, received, t, i18n.language, theme]);
}

function Drawn({ data, dataset }: { data: Data; dataset: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const series = useMemo(() => seriesOf(data, dataset), [data, dataset]);
  const option = useOption(series);
  const pick = ({ index }: { index: number }) => {
    const start = series.grid.times[index];
    if (start === undefined) return;
    const q = `(${data.q}) and ${kqlTerm('event.dataset', dataset)}`;
    navigate(eventsPath({ ...rangeOf(start, start + series.grid.step), q }));
  };
  return (
    <Suspense fallback={<div style={{ height: HEIGHT }} />}>
      <Chart option={option} height={HEIGHT} label={t('asset.trafficLabel')} onPick={pick} />
    </Suspense>
  );
}

function Legend({ data, dataset }: { data: Data; dataset: string }) {
  const { t, i18n } = useTranslation();
  const { sent, received } = seriesOf(data, dataset);
  const sum = (values: number[]) => formatBytes(values.reduce((a, b) => a + b, 0), i18n.language);
  return (
    <span className="legend">
      <span>
        <span className="tip-mark tone-events" />
        {t('asset.received')} <b className="number">{sum(received)}</b>
      </span>
      <span>
        <span className="tip-mark tone-low" />
        {t('asset.sent')} <b className="number">{sum(sent)}</b>
      </span>
      <Link to={searchOf(data, kqlTerm('event.dataset', dataset))}>{t('asset.search')}</Link>
    </span>
  );
}

export function Traffic({ id, range }: { id: number; range: Range }) {
  const { t } = useTranslation();
  const query = useTraffic(id, range);
  const [chosen, setChosen] = useState('');
  const datasets = useMemo(() => (query.data ? datasetsOf(query.data) : []), [query.data]);
  const dataset = datasets.find(({ name }) => name === chosen)?.name ?? datasets[0]?.name ?? '';
  return (
    <Panel
      title={t('asset.traffic')}
      extra={
        <span className="register-actions">
          {datasets.length > 1 && (
            <Segmented
              size="small"
              value={dataset}
              onChange={setChosen}
              options={datasets.slice(0, 5).map(({ name }) => ({ value: name, label: name || '?' }))}
            />
          )}
          {query.data && dataset && <Legend data={query.data} dataset={dataset} />}
        </span>
      }
    >
      <Loaded
        query={query}
        rows={4}
        isEmpty={() => datasets.length === 0}
        empty={query.data && <NothingSaid part={query.data} text={t('asset.noTraffic')} />}
      >
        {(data) => <Drawn data={data} dataset={dataset} />}
      </Loaded>
    </Panel>
  );
}
