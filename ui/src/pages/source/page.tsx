// SPDX-License-Identifier: Apache-2.0
// One source: its rhythm and volumes, what of it was not understood, what it fills, and what to do when it is silent.
import { Button, Skeleton } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { ApiError } from '../../api/errors';
import { useMay } from '../../api/queries';
import { type Source, useSource, useSourceFields, useSourceSpans } from '../../api/sources-queries';
import { bars, countAxis, type TipParam, timeAxis, tooltipBox } from '../../charts/options';
import { tooltip } from '../../charts/tooltip';
import { BarList } from '../../components/bar-list';
import { Crumbs } from '../../components/crumbs';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { Pair } from '../../components/pair';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { formatBytes, formatCount } from '../../lib/format';
import { kqlAnd } from '../../lib/kql';
import { assetPath, newAssetPath, unitPath } from '../../lib/links';
import { isGeneric, nameOf, queryOf, unparsedShare } from '../../lib/sources';
import { localTime, rangeOf } from '../../lib/time';
import { eventsPath, list, useUrlState } from '../../lib/url-state';
import { cssColor, useTheme } from '../../theme';
import { useDuration } from '../sources/duration';
import { StateTag } from '../sources/state-tag';
import { Lines } from './lines';
import { Rules } from './rules';
import { AnnounceSilence, SilenceNotice } from './silence';
import { Todo } from './todo';
import '../../styles/sources.css';

const Chart = lazy(() => import('../../charts/chart'));
const HOUR_MS = 3_600_000;
const HEIGHT = 180;
const SPAN_DAYS = 30;
const STATE = { lines: list(['latest', 'failed'] as const, ['latest']) };

function Owner({ source }: { source: Source }) {
  const { t } = useTranslation();
  const { asset, peer } = source;
  const mayRegister = useMay('register.change');
  if (!asset)
    return (
      <Pair name={t('sources.one.asset')}>
        {t('sources.unregistered')}{' '}
        {peer && mayRegister && <Link to={newAssetPath(peer)}>{t('sources.one.register')}</Link>}
      </Pair>
    );
  return (
    <>
      <Pair name={t('sources.one.asset')}>
        <Link to={assetPath(asset.id)}>{asset.name}</Link>
      </Pair>
      {asset.unit !== undefined && (
        <Pair name={t('sources.one.unit')}>
          <Link to={unitPath(asset.unit)}>{asset.unit_name}</Link>
        </Pair>
      )}
    </>
  );
}

function Clock({ source }: { source: Source }) {
  const { t } = useTranslation();
  const { lasting } = useDuration();
  const { correction, clock_error_seconds: error } = source;
  if (correction) {
    const since = localTime(correction.since);
    return <span className="source-clock">{t('sources.clockHint', { since, time: lasting(correction.added_seconds) })}</span>;
  }
  if (error === 0) return <>{t('sources.one.clockRight')}</>;
  return (
    <span className="source-clock">
      {t(error > 0 ? 'sources.clockAhead' : 'sources.clockBehind', { time: lasting(error) })}
    </span>
  );
}

function Now({ source }: { source: Source }) {
  const { t, i18n } = useTranslation();
  const { lasting } = useDuration();
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  const { first, last, silent_since, peer, listener, source: format, expected, received, bytes, lost } = source;
  const delays = { median: lasting(source.delay_seconds), max: lasting(source.delay_max_seconds) };
  return (
    <Panel title={t('sources.one.now')}>
      <dl className="pairs">
        <Pair name={t('sources.column.state')}>
          <StateTag state={source.state} /> <span className="muted">{t(`sources.stateHint.${source.state}`)}</span>
        </Pair>
        {silent_since && (
          <Pair name={t('sources.one.silentSince')}>
            <Time value={silent_since} />
          </Pair>
        )}
        <Pair name={t('sources.one.last')}>
          <Time value={last} />
        </Pair>
        <Pair name={t('sources.one.since')}>
          <Time value={first} />
        </Pair>
        {peer && (
          <Pair name={t('sources.one.address')}>
            <span className="mono">{peer}</span>
          </Pair>
        )}
        {listener && <Pair name={t('sources.one.listener')}>{listener}</Pair>}
        <Owner source={source} />
        <Pair name={t('sources.one.format')}>
          {format ? (
            <>
              <span className="mono">{format}</span>{' '}
              {isGeneric(format) && (
                <Link className="source-poor" to="/sources/unknown">
                  {t('sources.generic')}
                </Link>
              )}
            </>
          ) : (
            <Link className="source-poor" to="/sources/unknown">
              {t('sources.noFormat')}
            </Link>
          )}
        </Pair>
        <Pair name={t('sources.one.rhythm')}>
          {expected === undefined
            ? t('sources.one.rhythmUnknown')
            : t('sources.one.rhythmKnown', { value: formatCount(expected, i18n.language) })}
        </Pair>
        <Pair name={t('sources.one.received')}>
          <span className="number">{formatCount(received, i18n.language)}</span>{' '}
          <span className="muted">{formatBytes(bytes, i18n.language)}</span>
        </Pair>
        <Pair name={t('sources.one.parsed')}>{received ? percent.format(1 - unparsedShare(source)) : '–'}</Pair>
        <Pair name={t('sources.one.lost')}>
          <span className="number">{formatCount(lost, i18n.language)}</span>
        </Pair>
        <Pair name={t('sources.one.delay')}>{t('sources.one.delayValue', delays)}</Pair>
        <Pair name={t('sources.one.clock')}>
          <Clock source={source} />
        </Pair>
      </dl>
    </Panel>
  );
}

function Week({ source, from }: { source: Source; from: string }) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  const navigate = useNavigate();
  const times = source.hours.map((_, i) => Date.parse(from) + i * HOUR_MS);
  const option = useMemo(() => {
    const tip = (params: TipParam[]) => {
      const { dataIndex = 0, value = 0 } = params[0] ?? {};
      const rows = [{ label: t('sources.heat.received'), value: formatCount(value, i18n.language), tone: 'tone-events' }];
      return tooltip(localTime(times[dataIndex] ?? 0), rows);
    };
    return {
      animation: false,
      grid: { left: 46, right: 8, top: 10, bottom: 24 },
      xAxis: timeAxis({ times, step: HOUR_MS }),
      yAxis: countAxis(i18n.language),
      tooltip: tooltipBox(tip),
      series: [bars('received', cssColor('--bar'), source.hours)],
    };
  }, [source, from, theme, t, i18n.language]);
  const q = queryOf(source);
  const pick = ({ index }: { index: number }) => {
    const start = times[index];
    if (q && start !== undefined) navigate(eventsPath({ q, ...rangeOf(start, start + HOUR_MS) }));
  };
  return (
    <Panel title={t('sources.one.week')} className="source-wide">
      <Suspense fallback={<div style={{ height: HEIGHT }} />}>
        <Chart option={option} height={HEIGHT} label={t('sources.one.weekLabel')} onPick={pick} />
      </Suspense>
    </Panel>
  );
}

function Spans({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const query = useSourceSpans(SPAN_DAYS, id);
  return (
    <Panel title={t('sources.one.spans')}>
      <Loaded
        query={query}
        rows={3}
        isEmpty={({ spans }) => spans.length === 0}
        empty={<p className="muted">{t('sources.one.noSpans')}</p>}
      >
        {({ spans }) => (
          <ul className="source-span-list">
            {[...spans].reverse().map(({ kind, from, to, count }) => (
              <li key={`${kind} ${from}`}>
                <span className={`tip-mark heat-${kind === 'down' ? 'blind' : kind}`} />
                <span>{t(`sources.one.span.${kind}`, { value: formatCount(count ?? 0, i18n.language) })}</span>
                <Time value={from} />
                <span>–</span>
                {to ? <Time value={to} /> : t('sources.one.lasting')}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function Fields({ source }: { source: Source }) {
  const { t, i18n } = useTranslation();
  const query = useSourceFields(source.id);
  const q = queryOf(source) ?? '';
  return (
    <Panel
      title={t('sources.one.fields')}
      extra={
        query.data && (
          <span className="muted">
            {t('sources.one.fieldsHint', { value: formatCount(query.data.events, i18n.language) })}
          </span>
        )
      }
    >
      <Loaded query={query}>
        {({ items }) => (
          <BarList
            empty={t('sources.one.noFields')}
            items={[...items]
              .sort((a, b) => b.count - a.count)
              .map(({ field, count }) => ({
                key: field,
                label: <span className="mono">{field}</span>,
                count,
                to: eventsPath({ q: kqlAnd(q, `${field}: *`), from: '-24h' }),
              }))}
          />
        )}
      </Loaded>
    </Panel>
  );
}

function Content({ source, from }: { source: Source; from: string }) {
  const { t } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const mayRead = useMay('event.read');
  const mayRules = useMay('rule.read');
  const { kind, id } = source;
  return (
    <div className="source-grid" data-testid="source">
      <Now source={source} />
      <Todo source={source} />
      <Week source={source} from={from} />
      {kind === 'registered' ? (
        <p className="muted">{t('sources.one.group')}</p>
      ) : (
        <>
          {mayRead && (
            <Lines talker={id} kind={state.lines[0] ?? 'latest'} onKind={(value) => change({ lines: [value] })} />
          )}
          <Spans id={id} />
          <Fields source={source} />
          {mayRules && <Rules source={source} />}
        </>
      )}
    </div>
  );
}

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const { data, error, refetch } = useSource(id);
  if (error instanceof ApiError && error.status === 404)
    return (
      <Empty title={t('sources.one.notFound')} hint={t('sources.one.notFoundHint')}>
        <Link to="/sources">{t('sources.title')}</Link>
      </Empty>
    );
  if (!data) return error ? <ErrorNotice error={error} onRetry={refetch} /> : <Skeleton active />;
  const { source, from } = data;
  const q = queryOf(source);
  return (
    <>
      <Crumbs above={[['/sources', t('sources.title')]]} />
      <PageHead title={source.kind === 'other' ? t('sources.others') : nameOf(source)} help="connect-devices">
        <AnnounceSilence source={source} />
        {q && (
          <Link to={eventsPath({ q, from: '-24h' })}>
            <Button>{t('sources.one.events')}</Button>
          </Link>
        )}
      </PageHead>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <SilenceNotice source={source} />
      <Content source={source} from={from} />
    </>
  );
}
