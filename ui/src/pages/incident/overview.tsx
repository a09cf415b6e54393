// SPDX-License-Identifier: Apache-2.0
// What happened in words, why it is one thing, what to do now, and whom it concerns.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type IncidentDetail, type IncidentRule, useIncidentAlerts } from '../../api/incidents-queries';
import { IncidentStatusTag } from '../../components/incident-tags';
import { Panel } from '../../components/panel';
import { useIncidentTitle, useRuleTitle, useRuleWords } from '../../components/rule-title';
import { useTacticName } from '../../components/tactic';
import { LevelTag } from '../../components/tags';
import { spanText } from '../../lib/countdown';
import { formatCount } from '../../lib/format';
import { NODE_KINDS, type NodeKind } from '../../lib/incident-graph';
import { tabPath } from '../../lib/incident-state';
import { incidentPath } from '../../lib/links';
import { localTime } from '../../lib/time';
import { WhyProposed } from './grade-form';
import { EntityLink } from './refs';
import { Responsible } from './responsible';

interface Props {
  incident: IncidentDetail;
}

function Sentence({ incident }: Props) {
  const { t, i18n } = useTranslation();
  const nameOf = useTacticName();
  const count = (kind: string) => incident.indicators.filter((each) => each.kind === kind).length;
  const last = incident.tactics.at(-1);
  if (incident.alerts === 0) return <p data-testid="sentence">{t('incident.allElsewhere')}</p>;
  const span = Date.parse(incident.last) - Date.parse(incident.first);
  const where = incident.asset_name
    ? t('incident.on', { asset: incident.asset_name, unit: incident.unit_name ?? '' })
    : t('incident.somewhere');
  const parts = (['host', 'address', 'user', 'domain'] as const)
    .map((kind) => [kind, count(kind)] as const)
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => t(`incident.involved.${kind}`, { value: number }));
  return (
    <p className="what-happened" data-testid="sentence">
      {t('incident.sentence', {
        first: localTime(incident.first).slice(0, 16),
        span: spanText(span, i18n.language),
        where,
        alerts: formatCount(incident.alerts, i18n.language),
        parts: parts.join(t('common.comma')),
      })}
      {last && ` ${t('incident.reached', { tactic: nameOf(last) })}`}
    </p>
  );
}

/** The rules in the order in which they first spoke: the attack as a list. */
function Steps({ incident }: Props) {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  const rules = [...incident.rules].sort((a, b) => Date.parse(a.first) - Date.parse(b.first));
  return (
    <table className="plain" data-testid="rules">
      <thead>
        <tr>
          <th>{t('incident.firstSeen')}</th>
          <th>{t('alerts.level')}</th>
          <th>{t('alerts.rule')}</th>
          <th className="right">{t('incidents.alerts')}</th>
        </tr>
      </thead>
      <tbody>
        {rules.map(({ id, first, level, title, title_zh, alerts }) => (
          <tr key={id}>
            <td className="number">{localTime(first)}</td>
            <td>
              <LevelTag level={level} />
            </td>
            <td>{titleOf(title, title_zh)}</td>
            <td className="right number">
              <Link to={tabPath(incident.id, 'alerts', { rule: id })}>{formatCount(alerts, i18n.language)}</Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const SHOWN_REASONS = 6;

/** Why the alerts are one incident, each reason once. */
function WhyOne({ incident }: Props) {
  const { t, i18n } = useTranslation();
  const { data } = useIncidentAlerts(incident.id);
  const alerts = data?.pages[0]?.items ?? [];
  const reasons = new Map<string, number>();
  for (const { incident_reason, incident_reason_zh } of alerts) {
    const reason = (i18n.language === 'zh-CN' ? incident_reason_zh : incident_reason) ?? '';
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const shown = [...reasons].slice(0, SHOWN_REASONS);
  return (
    <Panel title={t('incident.whyOne')} extra={<Link to={tabPath(incident.id, 'alerts')}>{t('incident.each')}</Link>}>
      <ul className="reasons">
        {shown.map(([reason, count]) => (
          <li key={reason}>
            {reason}
            {count > 1 && <span className="muted number"> ×{count}</span>}
          </li>
        ))}
      </ul>
      {reasons.size > SHOWN_REASONS && (
        <p className="muted">{t('incident.moreReasons', { value: reasons.size - SHOWN_REASONS })}</p>
      )}
      <WhyProposed incident={incident} />
    </Panel>
  );
}

/** What the rules advise, the gravest first, each advice once. */
function Playbook({ incident }: Props) {
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  const wordsOf = useRuleWords();
  const seen = new Set<string>();
  const steps: { rule: IncidentRule; text: string }[] = [];
  for (const rule of incident.rules) {
    const text = wordsOf(rule.next_steps, rule.next_steps_zh);
    if (!text || seen.has(text)) continue;
    seen.add(text);
    steps.push({ rule, text });
  }
  if (steps.length === 0) return null;
  return (
    <Panel title={t('incident.playbook')} extra={<span className="muted">{t('incident.playbookHint')}</span>}>
      <ol className="playbook" data-testid="playbook">
        {steps.map(({ rule, text }) => (
          <li key={rule.id}>
            <p className="muted">{titleOf(rule.title, rule.title_zh)}</p>
            <p>{text}</p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

const isNode = (kind: string): kind is NodeKind => (NODE_KINDS as readonly string[]).includes(kind);
const SHOWN_INDICATORS = 12;

function Indicators({ incident }: Props) {
  const { t, i18n } = useTranslation();
  const nodes = incident.indicators.flatMap((each) => (isNode(each.kind) ? [{ ...each, kind: each.kind }] : []));
  return (
    <Panel title={t('incident.indicators')} extra={<Link to={tabPath(incident.id, 'graph')}>{t('incident.tab.graph')}</Link>}>
      <table className="plain">
        <thead>
          <tr>
            <th>{t('incident.what')}</th>
            <th>{t('incident.value')}</th>
            <th className="right">{t('incidents.alerts')}</th>
            <th className="right" title={t('incident.riskHint')}>
              {t('incident.risk')}
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.slice(0, SHOWN_INDICATORS).map(({ kind, value, name, alerts, risk }) => (
            <tr key={`${kind} ${value}`}>
              <td>{t(`incident.kind.${kind}`)}</td>
              <td>
                <EntityLink kind={kind} value={value} name={name} />
              </td>
              <td className="right number">
                <Link to={tabPath(incident.id, 'alerts', { about: `${kind}:${value}` })}>
                  {formatCount(alerts, i18n.language)}
                </Link>
              </td>
              <td className="right number">{formatCount(Math.round(risk), i18n.language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Related({ incident }: Props) {
  const { t } = useTranslation();
  const titleOf = useIncidentTitle();
  if (incident.related.length === 0) return null;
  return (
    <Panel title={t('incident.related')}>
      <ul className="related">
        {incident.related.map(({ id, number, title, title_en, status, score }) => (
          <li key={id}>
            <Link to={incidentPath(id)}>
              <span className="mono">{number}</span> {titleOf({ title, title_en })}
            </Link>
            <IncidentStatusTag status={status} />
            <span className="muted number" title={t('incident.fitHint')}>
              {t('incident.fit', { value: Math.round(score / 10) })}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function Overview({ incident }: Props) {
  const { t } = useTranslation();
  return (
    <div className="two">
      <div className="column">
        <Panel title={t('incident.happened')}>
          <Sentence incident={incident} />
          {incident.rules.length > 0 && <Steps incident={incident} />}
        </Panel>
        <Playbook incident={incident} />
        {incident.alerts > 0 && <WhyOne incident={incident} />}
      </div>
      <div className="column">
        <Responsible incident={incident} />
        <Related incident={incident} />
        <Indicators incident={incident} />
      </div>
    </div>
  );
}
