// SPDX-License-Identifier: Apache-2.0
// One attack is hundreds of alerts of a few rules. Their counts, above the list; a click shows one rule alone.
import { useTranslation } from 'react-i18next';
import { useAlertRules } from '../../api/queries';
import { useRuleTitle } from '../../components/rule-title';
import { formatCount } from '../../lib/format';
import type { AlertsState } from '../../lib/url-state';

const WORTHWHILE = 2;

interface Props {
  state: AlertsState;
  onChange: (part: Partial<AlertsState>) => void;
}

export function RuleStrip({ state, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  const { data: rules = [] } = useAlertRules(state);
  if (rules.length < WORTHWHILE && !state.rule) return null;
  return (
    <fieldset className="rule-strip" aria-label={t('alerts.byRule')} data-testid="rules">
      {rules.map(({ id, title, title_zh, level, count }) => (
        <button
          key={id}
          type="button"
          className="rule-chip"
          title={`${t(`level.${level}`)} · ${titleOf(title, title_zh)}`}
          aria-pressed={id === state.rule}
          onClick={() => onChange({ rule: id === state.rule ? '' : id })}
        >
          <span className={`tip-mark tone-${level}`} />
          <span className="rule-chip-title">{titleOf(title, title_zh)}</span>
          <b className="number">{formatCount(count, i18n.language)}</b>
        </button>
      ))}
    </fieldset>
  );
}
