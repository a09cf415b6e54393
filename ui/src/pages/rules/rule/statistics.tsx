// SPDX-License-Identifier: Apache-2.0
// What became of a rule's alerts, and what it costs.
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { RuleDetail } from '../../../api/rules-queries';
import { bars, countAxis, type TipParam, timeAxis, tooltipBox } from '../../../charts/options';
import { Panel } from '../../../components/panel';
import { Time } from '../../../components/time';
import { formatCount } from '../../../lib/format';
import { localTime, rangeOf } from '../../../lib/time';
import { alertsPath } from '../../../lib/url-state';
import { cssColor, useTheme } from '../../../theme';

const Chart = lazy(() => import('../../../charts/chart'));
const DAY_MS = 86_400_000;
const DAYS = 30;
const HEIGHT = 180;

/** The last thirty days, each with its count; days without any are not in the answer. */
function daysOf(series: RuleDetail['series']): { times: number[]; counts: number[] } {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const times = Array.from({ length: DAYS }, (_, i) => midnight.getTime() - (DAYS - 1 - i) * DAY_MS);
  const near = (time: number) =>
    series.find((bucket) => Math.abs(Date.parse(bucket.time) - time) < DAY_MS / 2)?.count ?? 0;
  return { times, counts: times.map(near) };
}

function Days({ rule }: { rule: RuleDetail }) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  const navigate = useNavigate();
  const { times, counts } = useMemo(() => daysOf(rule.series), [rule.series]);
  const option = useMemo(() => {
    const tip = ([param]: TipParam[]) => {
      const box = document.createElement('div');
      box.className = 'tip';
      const time = localTime(times[param?.dataIndex ?? 0] ?? 0).slice(0, 10);
      box.textContent = `${time}  ${formatCount(param?.value ?? 0, i18n.language)}`;
      return box;
    };
    return {
      animation: false,
      theme,
      grid: { left: 46, right: 8, top: 10, bottom: 24 },
      xAxis: timeAxis({ times, step: DAY_MS }),
      yAxis: countAxis(i18n.language),
      tooltip: tooltipBox(tip),
      series: [bars('alerts', cssColor(`--level-${rule.level}`), counts)],
    };
  }, [times, counts, i18n.language, rule.level, theme]);
  const pick = ({ index }: { index: number }) => {
    const start = times[index];
    if (start !== undefined) navigate(alertsPath({ ...rangeOf(start, start + DAY_MS), rule: rule.id }));
  };
  return (
    <Suspense fallback={<div style={{ height: HEIGHT }} />}>
      <Chart option={option} height={HEIGHT} label={t('rules.daysLabel')} onPick={pick} />
    </Suspense>
  );
}

export function Statistics({ rule }: { rule: RuleDetail }) {
  const { t, i18n } = useTranslation();
  const number = (n: number) => formatCount(n, i18n.language);
  const of = (status: 'closed' | 'false_positive') =>
    alertsPath({ from: '-30d', to: 'now', rule: rule.id, status: [status] });
  return (
    <div className="statistics">
      <Panel title={t('rules.alertsByDay')} extra={<span className="muted">{t('rules.thirtyDays')}</span>}>
        <Days rule={rule} />
      </Panel>
      <div className="facts">
        <Panel title={t('rules.verdicts')} extra={<span className="muted">{t('rules.sinceEver')}</span>}>
          <dl className="pairs">
            <div>
              <dt>{t('rules.alerts')}</dt>
              <dd className="number">
                <Link to={alertsPath({ from: '-30d', to: 'now', rule: rule.id })}>{number(rule.alerts)}</Link>
              </dd>
            </div>
            <div>
              <dt>{t('rules.repeats')}</dt>
              <dd className="number">{number(rule.repeats)}</dd>
            </div>
            <div>
              <dt>{t('rules.confirmed')}</dt>
              <dd className="number">
                <Link to={of('closed')}>{number(rule.confirmed)}</Link>
              </dd>
            </div>
            <div>
              <dt>{t('rules.falsePositive')}</dt>
              <dd className="number">
                <Link to={of('false_positive')}>{number(rule.false_positive)}</Link>
              </dd>
            </div>
            <div>
              <dt>{t('rules.lastAlert')}</dt>
              <dd>{rule.last_alert ? <Time value={rule.last_alert} /> : t('rules.neverAlerted')}</dd>
            </div>
          </dl>
        </Panel>
        <Panel title={t('rules.cost')}>
          <dl className="pairs">
            <div>
              <dt>{t('rules.share')}</dt>
              <dd className="number">{(rule.cost * 100).toFixed(2)}%</dd>
            </div>
            <div>
              <dt>{t('rules.looks')}</dt>
              <dd className="number">{number(rule.work.candidates)}</dd>
            </div>
            <div>
              <dt>{t('rules.matches')}</dt>
              <dd className="number">{number(rule.work.matches)}</dd>
            </div>
            <div>
              <dt>{t('rules.oneLook')}</dt>
              <dd className="number">{t('rules.microseconds', { value: (rule.work.nanoseconds / 1000).toFixed(2) })}</dd>
            </div>
          </dl>
          {rule.aside && <p className="bad">{t('rules.asideHint')}</p>}
        </Panel>
      </div>
    </div>
  );
}
