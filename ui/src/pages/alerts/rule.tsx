// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/queries';
import type { AlertDetail } from '../../api/types';
import { CopyButton } from '../../components/copy-button';
import { FalsePositives } from '../../components/rule-advice';
import { useRuleWords } from '../../components/rule-title';
import { useTacticName } from '../../components/tactic';
import { Technique } from '../../components/technique';
import { tacticName } from '../../lib/attack';
import { newExceptionPath, rulePath } from '../../lib/links';
import { alertsPath } from '../../lib/url-state';

export function Rule({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const nameOf = useTacticName();
  const description = useRuleWords()(alert.rule_description, alert.rule_description_zh);
  const mayRead = useMay('rule.read');
  const mayWrite = useMay('rule.change');
  return (
    <section>
      <div className="section-head">
        <h3>{t('alerts.rule')}</h3>
        <span className="facts">
          {mayRead && <Link to={rulePath(alert.rule_id)}>{t('alert.rulePage')}</Link>}
          {mayWrite && <Link to={newExceptionPath(alert.rule_id, alert.id)}>{t('alert.except')}</Link>}
          <Link to={alertsPath({ rule: alert.rule_id, from: '-30d' })}>{t('alert.sameRule')}</Link>
        </span>
      </div>
      {description && <p data-testid="rule-description">{description}</p>}
      <FalsePositives rule={alert} />
      {(alert.rule_author || alert.rule_license) && (
        <p className="muted facts" data-testid="rule-origin">
          {alert.rule_author && <span>{t('alert.author', { value: alert.rule_author })}</span>}
          {alert.rule_license && <span>{t('alert.license', { value: alert.rule_license })}</span>}
        </p>
      )}
      <p className="rule-tags">
        {alert.tactics.map((tactic) => (
          <Link key={tactic} to={alertsPath({ tactic: tacticName(tactic) })}>
            {nameOf(tactic)}
          </Link>
        ))}
        {alert.techniques.map((technique) => (
          <Technique key={technique} id={technique} />
        ))}
        <span className="muted mono">{alert.rule_id}</span>
      </p>
      <details>
        <summary>{t('alert.yaml')}</summary>
        <CopyButton text={alert.rule_yaml} />
        <pre className="raw">{alert.rule_yaml}</pre>
      </details>
    </section>
  );
}
