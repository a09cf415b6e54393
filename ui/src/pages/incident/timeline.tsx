// SPDX-License-Identifier: Apache-2.0
// Alerts and what was done about them on one axis: drawn for the eye, listed to be read, each line leads on.
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import Chart from '../../charts/parts';
import { tooltip } from '../../charts/tooltip';
import {
  type AlertSubject,
  type IncidentDetail,
  type TimelineLine,
  useIncidentSubjects,
  useIncidentTimeline,
} from '../../api/incidents-queries';
import { levelColor } from '../../charts/options';
import { Loaded } from '../../components/loaded';
import { useRuleTitle } from '../../components/rule-title';
import { LevelTag } from '../../components/tags';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { type AlertMoment, gather, LANES, type Lane, type Moment, momentsOf } from '../../lib/incident-timeline';
import { tabPath } from '../../lib/incident-state';
import { localTime } from '../../lib/time';
import { list, useUrlState } from '../../lib/url-state';
import { cssColor, useTheme } from '../../theme';
import { By, LineText, useLineWords } from './line-text';
import { AlertLink } from './refs';

const STATE = { kind: list<Lane>(LANES) };
const ROW_HEIGHT = 26;
const CHART_FRAME = 92;
const PAGE = 200;

interface DotData {
  value: [number, number];
  moment: Moment;
}

/** One dot a moment, in the row of its kind; alerts by level, larger where they are many. */
function useOption(moments: readonly Moment[], lanes: readonly Lane[]) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  const titleOf = useRuleTitle();
  const wordsOf = useLineWords();
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the theme, words from the language
  return useMemo(() => {
    const titles = (moment: Moment) =>
      moment.lane === 'alert'
        ? `${titleOf(moment.rule.title, moment.rule.title_zh)}${moment.alerts.length > 1 ? ` ×${moment.alerts.length}` : ''}`
        : (wordsOf(moment.line) ?? moment.line.text ?? t(`incident.lane.${moment.lane}`));
    const dot = (moment: Moment) => ({
      value: [Date.parse(moment.time), lanes.indexOf(moment.lane)],
      moment,
      symbolSize: moment.lane === 'alert' ? Math.min(8 + 2 * Math.log2(moment.alerts.length), 20) : 9,
      itemStyle: { color: moment.lane === 'alert' ? levelColor(moment.level) : cssColor('--accent') },
    });
    const muted = cssColor('--muted');
    return {
      animation: false,
      grid: { left: 96, right: 18, top: 8, bottom: 62 },
      tooltip: {
        trigger: 'item',
        confine: true,
        transitionDuration: 0,
        padding: 0,
        borderWidth: 0,
        className: 'tip-box',
        formatter: ({ data }: { data: DotData }) =>
          tooltip(localTime(data.moment.time), [
            { label: titles(data.moment), value: '', tone: data.moment.lane === 'alert' ? `tone-${data.moment.level}` : '' },
          ]),
      },
      xAxis: {
        type: 'time',
        axisLabel: { color: muted, fontSize: 11, hideOverlap: true },
        axisLine: { lineStyle: { color: cssColor('--border') } },
        splitLine: { show: true, lineStyle: { color: cssColor('--line') } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: lanes.map((lane) => t(`incident.lane.${lane}`)),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { color: muted, fontSize: 12 },
        splitLine: { show: true, lineStyle: { color: cssColor('--line') } },
      },
      dataZoom: [
        { type: 'inside', filterMode: 'none' },
        {
          type: 'slider',
          filterMode: 'none',
          height: 18,
          bottom: 8,
          borderColor: cssColor('--border'),
          fillerColor: cssColor('--fill'),
          textStyle: { color: muted, fontSize: 11 },
          brushSelect: false,
        },
      ],
      series: [{ id: 'moments', type: 'scatter', data: moments.map(dot), emphasis: { scale: 1.4 } }],
    };
  }, [moments, lanes, theme, i18n.language]);
}

function AlertRow({ moment, id }: { moment: AlertMoment; id: number }) {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  const { alerts, level, rule, until } = moment;
  const [first = ''] = alerts;
  return (
    <>
      <span className="line-lane">
        <LevelTag level={level} />
      </span>
      <span className="line-text">
        <AlertLink id={first}>{titleOf(rule.title, rule.title_zh)}</AlertLink>
        {alerts.length > 1 && (
          <Link className="muted number" to={tabPath(id, 'alerts', { rule: rule.id })}>
            {t('incident.times', { value: formatCount(alerts.length, i18n.language), until: localTime(until).slice(11) })}
          </Link>
        )}
      </span>
    </>
  );
}

function Row({ moment, id }: { moment: Moment; id: number }) {
  const { t } = useTranslation();
  return (
    <li id={moment.key} className={`line line-${moment.lane}`}>
      <Time value={moment.time} />
      {moment.lane === 'alert' ? (
        <AlertRow moment={moment} id={id} />
      ) : (
        <>
          <span className="line-lane muted">{t(`incident.lane.${moment.lane}`)}</span>
          <LineText line={moment.line} />
          <By name={moment.line.by} />
        </>
      )}
    </li>
  );
}

function Filter({ counts, chosen, onChange }: { counts: Map<Lane, number>; chosen: readonly Lane[]; onChange: (kind: Lane[]) => void }) {
  const { t, i18n } = useTranslation();
  const toggle = (lane: Lane) =>
    onChange(chosen.includes(lane) ? chosen.filter((each) => each !== lane) : [...chosen, lane]);
  return (
    <fieldset className="counts" aria-label={t('incident.kinds')}>
      {[...counts].map(([lane, count]) => (
        <button
          key={lane}
          type="button"
          className="count"
          aria-pressed={chosen.includes(lane)}
          onClick={() => toggle(lane)}
          data-testid={`lane-${lane}`}
        >
          {t(`incident.lane.${lane}`)} <b className="number">{formatCount(count, i18n.language)}</b>
        </button>
      ))}
    </fieldset>
  );
}

function Content({ incident, subjects, lines }: { incident: IncidentDetail; subjects: AlertSubject[]; lines: TimelineLine[] }) {
  const { t } = useTranslation();
  const [{ kind }, change] = useUrlState(STATE);
  const [shown, setShown] = useState(PAGE);
  const all = useMemo(() => momentsOf(subjects, lines), [subjects, lines]);
  const counts = new Map<Lane, number>(
    LANES.map((lane) => [lane, all.filter((moment) => moment.lane === lane).length] as const).filter(([, n]) => n > 0),
  );
  const lanes = useMemo(
    () => LANES.filter((lane) => counts.has(lane) && (kind.length === 0 || kind.includes(lane))),
    // biome-ignore lint/correctness/useExhaustiveDependencies: counts follow from all
    [all, kind],
  );
  const moments = useMemo(() => gather(all.filter(({ lane }) => lanes.includes(lane))), [all, lanes]);
  const option = useOption(moments, lanes);
  const pick = ({ index }: { index: number }) => {
    const key = moments[index]?.key;
    setShown(Math.max(shown, index + 1));
    requestAnimationFrame(() => key && document.getElementById(key)?.scrollIntoView({ block: 'center' }));
  };
  return (
    <section className="panel" data-testid="timeline">
      <Filter counts={counts} chosen={kind} onChange={(next) => change({ kind: next })} />
      <Chart
        option={option}
        height={CHART_FRAME + ROW_HEIGHT * lanes.length}
        label={t('incident.timelineLabel', { value: moments.length })}
        onPick={pick}
      />
      {incident.alerts > subjects.length && (
        <p className="muted">{t('incident.onlyGravest', { value: subjects.length })}</p>
      )}
      <ol className="lines">
        {moments.slice(0, shown).map((moment) => (
          <Row key={moment.key} moment={moment} id={incident.id} />
        ))}
      </ol>
      {moments.length > shown && (
        <Button block type="text" onClick={() => setShown(shown + PAGE)}>
          {t('common.more')}
        </Button>
      )}
    </section>
  );
}


export default function Timeline({ incident }: { incident: IncidentDetail }) {
  const subjects = useIncidentSubjects(incident.id);
  const lines = useIncidentTimeline(incident.id);
  return (
    <Loaded query={subjects}>
      {({ items }) => (
        <Loaded query={lines}>
          {(timeline) => <Content incident={incident} subjects={items} lines={timeline.items} />}
        </Loaded>
      )}
    </Loaded>
  );
}
