// SPDX-License-Identifier: Apache-2.0
// How the pipeline is doing: one word in the header, the figures behind it.
import { Button, Popover } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStatus } from '../api/queries';
import type { Status } from '../api/types';
import { formatBytes, formatCount, formatDuration, formatRate } from '../lib/format';
import { healthOf } from '../lib/health';
import { POLL_MS } from '../lib/live';
import { useLiveState } from './live';

type Row = [label: string, value: ReactNode];

function useFigures(status: Status): Row[] {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  const { journal, analyze, store } = status;
  const stale = status.stale_seconds;
  const live = useLiveState();
  return [
    [t('health.rate'), t('health.perSecond', { value: formatRate(analyze.events_per_second, lang) })],
    [t('health.stale'), stale >= 1 ? formatDuration(stale, lang) : t('health.caughtUp')],
    [t('health.refresh'), t(live === 'live' ? 'health.pushed' : 'health.polled', { seconds: POLL_MS / 1000 })],
    [t('health.backlog'), formatCount(analyze.backlog, lang)],
    [t('health.journal'), `${formatCount(journal.durable_seq, lang)} · ${formatBytes(journal.bytes, lang)}`],
    [t('health.store'), store.reachable ? (store.version ?? t('health.reachable')) : t('health.unreachable')],
    [t('health.stored'), store.events === undefined ? '–' : formatCount(store.events, lang)],
    [t('health.version'), status.version],
  ];
}

function Processes({ processes }: { processes: Status['processes'] }) {
  const { t } = useTranslation();
  return (
    <table className="health-processes">
      <thead>
        <tr>
          <th>{t('health.process')}</th>
          <th>{t('health.state')}</th>
          <th>{t('health.restarts')}</th>
        </tr>
      </thead>
      <tbody>
        {processes.map(({ name, state, pid, restarts }) => (
          <tr key={name}>
            <td title={pid ? `pid ${pid}` : undefined}>{name}</td>
            <td>
              <span className={`dot dot-${state === 'running' ? 'good' : 'bad'}`} />
              {t(`process.${state}`)}
            </td>
            <td className="number">{restarts}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HealthDetail({ status }: { status: Status }) {
  const figures = useFigures(status);
  return (
    <div className="health" data-testid="health-detail">
      <dl className="pairs">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Processes processes={status.processes} />
      {status.store.message && <p className="muted">{status.store.message}</p>}
    </div>
  );
}

export function Health() {
  const { t, i18n } = useTranslation();
  const { data: status, isError } = useStatus();
  const state = healthOf(status, isError);
  const live = useLiveState();
  return (
    <Popover trigger="click" placement="bottomRight" content={status && <HealthDetail status={status} />}>
      <Button type="text" size="small" className="health-button" data-testid="health">
        <span className={`dot dot-${state}`} />
        {t(`health.${state}`)}
        {live === 'polling' && <span className="muted" data-testid="polling">{t('health.polling')}</span>}
        {status && (
          <span className="muted number">
            {t('health.perSecond', { value: formatRate(status.analyze.events_per_second, i18n.language) })}
          </span>
        )}
      </Button>
    </Popover>
  );
}
