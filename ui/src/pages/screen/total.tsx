// SPDX-License-Identifier: Apache-2.0
// All of it: the sentence, the index, four numbers, a day of alerts.
import { useTranslation } from 'react-i18next';
import { useOverview } from '../../api/queries';
import { useDutyNow, useSituation } from '../../api/situation-queries';
import { LEVELS, type Level, type Overview } from '../../api/types';
import { formatCompact, formatCount } from '../../lib/format';
import { fillByLevel, gridOver } from '../../lib/series';
import { countWord, openGrades } from '../../lib/situation';
import { DEFAULT_RANGE, localTime } from '../../lib/time';
import { Deadline } from '../overview/deadline';
import { subjectOf } from '../overview/situation';
import { Figure } from './frame';

function useSentence() {
  const { t, i18n } = useTranslation();
  return (byLevel: readonly number[]) =>
    openGrades(byLevel)
      .slice(0, 2)
      .map(({ grade, count }) =>
        t(`situation.${grade === 0 ? 'ungraded' : 'graded'}`, {
          count,
          number: countWord(count, i18n.language),
          grade: t(`situation.grade.${grade}`),
        }),
      )
      .join(t('situation.and'));
}

const LABELS = 5;

/** Bars of a day by level: plain elements, that scale with the screen. */
function Day({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const grid = gridOver(overview.from, overview.to, overview.step_seconds);
  const series = fillByLevel(grid, overview.alerts_series);
  const totals = grid.times.map((_, i) => LEVELS.reduce((sum, level) => sum + (series[level][i] ?? 0), 0));
  const max = Math.max(1, ...totals);
  const every = Math.ceil(grid.times.length / LABELS);
  const part = (level: Level, i: number) => `${(100 * (series[level][i] ?? 0)) / max}%`;
  return (
    <div className="wall-day" role="img" aria-label={t('screen.open24')}>
      {grid.times.map((time, i) => (
        <div key={time} className="wall-hour">
          <div className="wall-stack">
            {LEVELS.map((level) => (
              <span key={level} className={`tone-${level}`} style={{ height: part(level, i) }} />
            ))}
          </div>
          <span className="wall-tick number">{i % every === 0 ? localTime(time).slice(11, 16) : ''}</span>
        </div>
      ))}
    </div>
  );
}

export function Total() {
  const { t, i18n } = useTranslation();
  const { data: now } = useSituation();
  const { data: overview } = useOverview(DEFAULT_RANGE);
  const { data: duty } = useDutyNow();
  const sentence = useSentence();
  if (!now) return null;
  const number = (n: number) => formatCount(n, i18n.language);
  const { incidents, alerts_new, threat, urgent } = now;
  const unseen = alerts_new.critical + alerts_new.high;
  const names = duty?.now.map(({ name }) => name).join(t('situation.and'));
  return (
    <div className="wall-total">
      <div className="wall-sentence">
        <p className="wall-first">
          {incidents.open > 0 ? sentence(incidents.by_level) + t('situation.open') : t('screen.calm')}
          {incidents.drill > 0 && (
            <span className="muted">{t('situation.drill', { count: incidents.drill })}</span>
          )}
        </p>
        {urgent && (
          <p className="wall-urgent">
            {t('screen.urgent')}
            {subjectOf(urgent)}
            {urgent.report && <Deadline due={urgent.report.due} />}
          </p>
        )}
      </div>
      <div className={`wall-threat threat-${threat.band}`}>
        <span>{t('screen.threat')}</span>
        <b className="number">{threat.index}</b>
        <span className="threat-band">{t(`threat.band.${threat.band}`)}</span>
      </div>
      <div className="wall-figures">
        <Figure value={number(incidents.open)} label={t('screen.openIncidents')} />
        <Figure value={number(unseen)} label={t('screen.unseen')} tone={unseen ? 'wall-bad' : ''} />
        <Figure value={overview ? number(overview.alerts_total) : '–'} label={t('screen.open24')} />
        <Figure
          value={overview?.store_reachable ? formatCompact(overview.events_total, i18n.language) : '–'}
          label={t('screen.events24')}
        />
      </div>
      <p className="wall-duty">
        <span>{t('screen.onDuty')}</span> <b className={names ? '' : 'wall-bad'}>{names || t('screen.nobody')}</b>
      </p>
      {overview && <Day overview={overview} />}
    </div>
  );
}
