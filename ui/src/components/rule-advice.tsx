// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { RuleDetail } from '../api/rules-queries';
import { useRuleWords } from './rule-title';
import '../styles/rule-advice.css';

/** As alerts and rules carry it. */
type Advice = Pick<RuleDetail, 'next_steps' | 'next_steps_zh' | 'false_positives' | 'false_positives_zh'>;

/** What a rule advises to do when it fires. */
export function NextSteps({ rule }: { rule: Advice }) {
  const { t } = useTranslation();
  const text = useRuleWords()(rule.next_steps ?? rule.next_steps_zh, rule.next_steps_zh);
  if (!text) return null;
  return (
    <section className="rule-advice" data-testid="next-steps">
      <h3>{t('alert.nextSteps')}</h3>
      <p className="next-steps">{text}</p>
    </section>
  );
}

/** What also looks like what a rule looks for, and is harmless. */
export function FalsePositives({ rule }: { rule: Advice }) {
  const { t } = useTranslation();
  const lines = useRuleWords()(rule.false_positives, rule.false_positives_zh) ?? [];
  if (lines.length === 0) return null;
  return (
    <section className="rule-advice" data-testid="false-positives">
      <h3>{t('alert.falsePositives')}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
