// SPDX-License-Identifier: Apache-2.0
// How full the disk is, was, and will be.
import { useTranslation } from 'react-i18next';
import type { System } from '../../api/admin-queries';
import { Panel } from '../../components/panel';
import { formatBytes } from '../../lib/format';
import { forecastOf } from '../../lib/system';
import { localTime } from '../../lib/time';

type Disk = NonNullable<System['disk']>;

function Bar({ disk }: { disk: Disk }) {
  const { t } = useTranslation();
  const tone = disk.percent >= disk.critical ? 'critical' : disk.percent >= disk.high ? 'high' : 'good';
  return (
    <div className="disk-bar" role="img" aria-label={t('system.usedPercent', { value: disk.percent })}>
      <span className={`disk-fill disk-${tone}`} style={{ width: `${disk.percent}%` }} />
      <span className="disk-limit" style={{ left: `${disk.high}%` }} title={t('system.highAt', { value: disk.high })} />
      <span
        className="disk-limit disk-limit-critical"
        style={{ left: `${disk.critical}%` }}
        title={t('system.criticalAt', { value: disk.critical })}
      />
    </div>
  );
}

function Forecast({ disk }: { disk: Disk }) {
  const { t, i18n } = useTranslation();
  const forecast = forecastOf(disk);
  const perDay = disk.forecast && formatBytes(Math.abs(disk.forecast.bytes_per_day), i18n.language);
  return (
    <p className="disk-forecast" data-testid="forecast">
      {forecast.kind === 'unknown' && t('system.forecast.unknown')}
      {forecast.kind === 'steady' && t('system.forecast.steady', { seen: forecast.seen })}
      {forecast.kind === 'far' && t('system.forecast.far', { seen: forecast.seen })}
      {forecast.kind === 'full' && t('system.forecast.full', { seen: forecast.seen, days: forecast.days, perDay })}
    </p>
  );
}

function Days({ disk }: { disk: Disk }) {
  const { t, i18n } = useTranslation();
  if (disk.samples.length < 2) return null;
  return (
    <div className="disk-days" role="img" aria-label={t('system.daysLabel')}>
      {disk.samples.map(({ time, used, journal }) => (
        <span
          key={time}
          title={t('system.dayTitle', {
            day: localTime(time).slice(0, 10),
            used: formatBytes(used, i18n.language),
            journal: formatBytes(journal, i18n.language),
          })}
        >
          <span style={{ height: `${(100 * used) / disk.total}%` }} />
        </span>
      ))}
    </div>
  );
}

export function DiskPanel({ disk }: { disk: Disk }) {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  return (
    <Panel title={t('system.disk')}>
      <p>
        <strong className="disk-percent number">{disk.percent}%</strong>{' '}
        {t('system.diskUsed', { used: formatBytes(disk.used, lang), total: formatBytes(disk.total, lang) })}
      </p>
      <Bar disk={disk} />
      <Forecast disk={disk} />
      <Days disk={disk} />
      <p className="muted">{t('system.diskLimits', { high: disk.high, critical: disk.critical })}</p>
    </Panel>
  );
}
