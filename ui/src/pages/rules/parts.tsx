// SPDX-License-Identifier: Apache-2.0
// What is shown of a rule in several places.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { LogSource, RuleLink, RuleRow } from '../../api/rules-queries';
import { useRuleTitle } from '../../components/rule-title';
import { formatCount } from '../../lib/format';
import { rulePath } from '../../lib/links';
import { alertsPath } from '../../lib/url-state';

const WEEK = { from: '-7d', to: 'now' };
const BAR = 5;
const HEIGHT = 16;

export const sourceText = ({ product, category, service }: LogSource) =>
  [product, category, service].filter(Boolean).join(' / ');

/** Alerts by day as small bars, today at the right; said in words by the number beside it. */
export function Sparkline({ days }: { days: readonly number[] }) {
  const most = Math.max(...days, 1);
  return (
    <svg className="spark" width={days.length * BAR} height={HEIGHT} aria-hidden="true">
      {days.map((count, i) => {
        const height = count > 0 ? Math.max(2, Math.round((count / most) * HEIGHT)) : 1;
        return (
          <rect key={i} x={i * BAR} y={HEIGHT - height} width={BAR - 1} height={height} />
        );
      })}
    </svg>
  );
}

export function WeekAlerts({ rule }: { rule: RuleRow }) {
  const { t, i18n } = useTranslation();
  const text = formatCount(rule.alerts_week, i18n.language);
  return (
    <span className="week">
      <Sparkline days={rule.days} />
      {rule.alerts_week > 0 ? (
        <Link
          className="number"
          to={alertsPath({ ...WEEK, rule: rule.id })}
          aria-label={t('rules.weekAlerts', { value: text })}
        >
          {text}
        </Link>
      ) : (
        <span className="number muted">0</span>
      )}
    </span>
  );
}

/** Which share of the verdicts was "false": said with the numbers, since of two it says little. */
export function FalseShare({ rule }: { rule: RuleRow }) {
  const { t } = useTranslation();
  const judged = rule.confirmed + rule.false_positive;
  if (judged === 0) return <span className="muted">–</span>;
  const share = Math.round((rule.false_positive / judged) * 100);
  return (
    <Link
      className={share >= 50 ? 'number bad' : 'number'}
      to={alertsPath({ from: '-30d', to: 'now', rule: rule.id, status: ['false_positive'] })}
      title={t('rules.judged', { false: rule.false_positive, judged })}
    >
      {share}% <span className="muted">({judged})</span>
    </Link>
  );
}

type Tone = 'bad' | 'warn' | 'good' | 'plain';

/** A word on a tinted ground that is dark enough to be read in both themes. */
export function Mark({ tone, title, children }: { tone: Tone; title?: string; children: ReactNode }) {
  return (
    <span className={`rule-mark rule-mark-${tone}`} title={title}>
      {children}
    </span>
  );
}

/** What is to be known about a rule beside whether it is on. */
export function RuleMarks({ rule }: { rule: RuleRow }) {
  const { t } = useTranslation();
  return (
    <>
      {rule.aside && (
        <Mark tone="bad" title={t('rules.asideHint')}>
          {t('rules.aside')}
        </Mark>
      )}
      {rule.enabled && !rule.fed && (
        <Mark tone="warn" title={t('rules.unfedHint')}>
          {t('rules.unfed')}
        </Mark>
      )}
      {rule.local && (
        <Mark tone="plain" title={t('rules.localHint')}>
          {t(rule.replaces ? 'rules.replaced' : 'rules.local')}
        </Mark>
      )}
      {rule.silent && (
        <Mark tone="plain" title={t('rules.silentHint')}>
          {t('rules.silent')}
        </Mark>
      )}
      {rule.exceptions > 0 && <Mark tone="plain">{t('rules.exceptionCount', { value: rule.exceptions })}</Mark>}
    </>
  );
}

export function RuleLinks({ rules }: { rules: readonly RuleLink[] }) {
  const titleOf = useRuleTitle();
  return (
    <ul className="rule-links">
      {rules.map(({ id, title, title_zh }) => (
        <li key={id + title}>{id ? <Link to={rulePath(id)}>{titleOf(title, title_zh)}</Link> : title}</li>
      ))}
    </ul>
  );
}
