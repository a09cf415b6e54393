// SPDX-License-Identifier: Apache-2.0
// The state in one sentence, every number in it a link to what it counts.
import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useStatus, useWorstOpen, type WorstOpen } from '../../api/queries';
import type { Overview, Status } from '../../api/types';
import { OPEN_STATES } from '../../api/types';
import { useRuleTitle } from '../../components/rule-title';
import { LevelTag } from '../../components/tags';
import { formatCount, formatDuration } from '../../lib/format';
import { STALE_SECONDS } from '../../lib/health';
import { isSpan, localTime, type Range } from '../../lib/time';
import { alertsPath, eventsPath } from '../../lib/url-state';

interface Props {
  overview: Overview;
  range: Range;
}

function useSpanText({ overview, range }: Props): string {
  const { t } = useTranslation();
  if (range.to === 'now' && isSpan(range.from)) return t('overview.last', { span: t(`range.${range.from}`) });
  return `${localTime(overview.from).slice(0, 16)} – ${localTime(overview.to).slice(0, 16)}`;
}

/** Takes its place before the answer is there. */
function Worst({ worst, range }: { worst: WorstOpen | null | undefined; range: Range }) {
  const { i18n } = useTranslation();
  const titleOf = useRuleTitle();
  if (!worst) return <p className="situation-worst">{'\u00a0'}</p>;
  const { level, total, newest } = worst;
  const title = titleOf(newest.rule_title, newest.rule_title_zh);
  const all = alertsPath({ ...range, level: [level], status: OPEN_STATES });
  return (
    <p className="situation-worst">
      <LevelTag level={level} />
      <Trans
        i18nKey="overview.worst"
        values={{ total: formatCount(total, i18n.language), title }}
        components={{
          all: <Link to={all} />,
          one: <Link to={alertsPath(range).replace('/alerts', `/alerts/${encodeURIComponent(newest.id)}`)} />,
        }}
      />
    </p>
  );
}

function Freshness({ status }: { status: Status | undefined }) {
  const { t, i18n } = useTranslation();
  if (!status?.store.reachable) return null;
  const fresh = status.stale_seconds < STALE_SECONDS;
  const age = formatDuration(status.stale_seconds, i18n.language);
  return <span className="muted">{fresh ? t('overview.fresh') : t('overview.old', { age })}</span>;
}

export function Situation({ overview, range }: Props) {
  const { t, i18n } = useTranslation();
  const { data: status } = useStatus();
  const { data: worst } = useWorstOpen(overview, range);
  const span = useSpanText({ overview, range });
  const shown = overview.alerts_open > 0 ? worst : null;
  const number = (n: number) => formatCount(n, i18n.language);
  const unparsed = overview.events_unparsed ?? 0;
  return (
    <section className={`situation situation-${shown?.level ?? 'calm'}`} data-testid="situation">
      <p className="situation-state">
        <Trans
          i18nKey={overview.alerts_open > 0 ? 'overview.state' : 'overview.calm'}
          count={overview.alerts_open}
          values={{
            span,
            open: number(overview.alerts_open),
            alerts: number(overview.alerts_total),
            events:
              overview.store_reachable === false ? t('overview.unknown') : number(overview.events_total),
          }}
          components={{
            open: <Link to={alertsPath({ ...range, status: OPEN_STATES })} />,
            alerts: <Link to={alertsPath(range)} />,
            events: <Link to={eventsPath(range)} />,
          }}
        />{' '}
        {unparsed > 0 && (
          <Trans
            i18nKey="overview.unparsed"
            values={{ unparsed: number(unparsed) }}
            components={{ unparsed: <Link to={eventsPath({ ...range, q: 'event.kind: "unparsed"' })} /> }}
          />
        )}{' '}
        <Freshness status={status} />
      </p>
      {overview.alerts_open > 0 && <Worst worst={shown} range={range} />}
    </section>
  );
}
