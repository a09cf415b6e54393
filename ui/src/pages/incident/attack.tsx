// SPDX-License-Identifier: Apache-2.0
// The way of the attack: tactics in the order of ATT&CK, with the techniques and rules that showed them, and when.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { IncidentDetail, IncidentRule } from '../../api/incidents-queries';
import { Empty } from '../../components/empty';
import { useRuleTitle } from '../../components/rule-title';
import { useTacticName } from '../../components/tactic';
import { LevelTag } from '../../components/tags';
import { Technique } from '../../components/technique';
import { TACTICS, tacticName } from '../../lib/attack';
import { formatCount } from '../../lib/format';
import { tabPath } from '../../lib/incident-state';
import { rulePath } from '../../lib/links';
import { localTime } from '../../lib/time';
import { alertsPath } from '../../lib/url-state';
import { MayLink } from './refs';

interface Stage {
  tactic: string;
  rules: IncidentRule[];
  alerts: number;
  first: string;
  last: string;
}

export function stagesOf(rules: readonly IncidentRule[]): Stage[] {
  const names = new Set(rules.flatMap(({ tactics }) => tactics.map(tacticName)));
  const order = (name: string) => (TACTICS as readonly string[]).indexOf(name);
  return [...names]
    .sort((a, b) => order(a) - order(b))
    .map((tactic) => {
      const own = rules.filter(({ tactics }) => tactics.map(tacticName).includes(tactic));
      return {
        tactic,
        rules: own,
        alerts: own.reduce((sum, { alerts }) => sum + alerts, 0),
        first: own.map(({ first }) => first).sort()[0] ?? '',
        last: own.map(({ last }) => last).sort().at(-1) ?? '',
      };
    });
}

function StageCard({ stage, incident }: { stage: Stage; incident: IncidentDetail }) {
  const { t, i18n } = useTranslation();
  const nameOf = useTacticName();
  const titleOf = useRuleTitle();
  const { tactic, rules, alerts, first, last } = stage;
  return (
    <li className="stage">
      <h2>
        <MayLink permission="alert.read" to={alertsPath({ tactic, from: '-30d' })}>
          {nameOf(tactic)}
        </MayLink>
        <span className="muted number">{t('incident.alertsOf', { value: formatCount(alerts, i18n.language) })}</span>
      </h2>
      <p className="muted number">
        {localTime(first)} – {localTime(last).slice(11)}
      </p>
      <ul>
        {rules.map(({ id, level, title, title_zh, techniques, alerts: count }) => (
          <li key={id}>
            <LevelTag level={level} />
            <MayLink permission="situation.read" to={rulePath(id)}>
              {titleOf(title, title_zh)}
            </MayLink>
            <Link className="number" to={tabPath(incident.id, 'alerts', { rule: id })}>
              ×{formatCount(count, i18n.language)}
            </Link>
            <span className="stage-techniques">
              {techniques.map((technique) => (
                <span key={technique} className="chip">
                  <Technique id={technique} />
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}

export function Attack({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const stages = stagesOf(incident.rules);
  const plain = incident.rules.filter(({ tactics }) => tactics.length === 0);
  if (stages.length === 0) return <Empty title={t('incident.noAttack')} hint={t('incident.noAttackHint')} />;
  return (
    <>
      <ol className="stages" data-testid="stages">
        {stages.map((stage) => (
          <StageCard key={stage.tactic} stage={stage} incident={incident} />
        ))}
      </ol>
      {plain.length > 0 && <p className="muted">{t('incident.withoutTactic', { value: plain.length })}</p>}
    </>
  );
}
