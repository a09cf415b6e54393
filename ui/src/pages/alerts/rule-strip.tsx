// SPDX-License-Identifier: Apache-2.0
// One attack is hundreds of alerts of a few rules. Their counts, in one line above the list; a click shows one rule alone.
// What does not fit is in a menu at its end.
import { DownOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useLayoutEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAlertRules } from '../../api/alert-queries';
import type { RuleCount } from '../../api/types';
import { useRuleTitle } from '../../components/rule-title';
import { formatCount } from '../../lib/format';
import type { AlertsState } from '../../lib/url-state';
import { useSize } from '../../lib/use-size';

const WORTHWHILE = 2;
const GAP = 6;
const MENU_WIDTH = 96;

interface Props {
  state: AlertsState;
  onChange: (part: Partial<AlertsState>) => void;
}

/** How many of the widths fit into one line, with room for the menu where they do not all. */
export function countFitting(widths: readonly number[], room: number): number {
  if (room === 0) return widths.length; // not drawn yet
  let used = 0;
  for (const [index, width] of widths.entries()) {
    used += width + (index > 0 ? GAP : 0);
    const menu = index < widths.length - 1 ? GAP + MENU_WIDTH : 0;
    if (used + menu > room) return index;
  }
  return widths.length;
}

/** All are drawn once to be measured, before anybody sees them; then those that fit. */
function useFitting(rules: readonly RuleCount[]) {
  const [ref, { width }] = useSize<HTMLFieldSetElement>();
  const [fitting, setFitting] = useState<number>();
  const key = `${rules.map(({ id, count }) => `${id}:${count}`).join()} ${width}`;
  const [measured, setMeasured] = useState('');
  if (key !== measured) {
    setMeasured(key);
    setFitting(undefined);
  }
  useLayoutEffect(() => {
    if (fitting !== undefined || !ref.current) return;
    const chips = [...ref.current.querySelectorAll<HTMLElement>('.rule-chip')];
    setFitting(countFitting(chips.map(({ offsetWidth }) => offsetWidth), ref.current.clientWidth));
  }, [fitting, ref]);
  return [ref, fitting ?? rules.length] as const;
}

/** The rule filtered by stands first, so that it is always seen. */
const inOrder = (rules: readonly RuleCount[], chosen: string) =>
  [...rules].sort((a, b) => Number(b.id === chosen) - Number(a.id === chosen));

export function RuleStrip({ state, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  const { data = [] } = useAlertRules(state);
  const rules = inOrder(data, state.rule);
  const [ref, fitting] = useFitting(rules);
  const choose = (id: string) => onChange({ rule: id === state.rule ? '' : id });
  const items = rules.slice(fitting).map(({ id, title, title_zh, level, count }) => ({
    key: id,
    label: (
      <span className="rule-item">
        <span className={`level level-${level}`}>{t(`level.${level}`)}</span>
        <span className="grow">{titleOf(title, title_zh)}</span>
        <b className="number">{formatCount(count, i18n.language)}</b>
      </span>
    ),
    onClick: () => choose(id),
  }));
  if (rules.length < WORTHWHILE && !state.rule) return null;
  return (
    <fieldset className="rule-strip" aria-label={t('alerts.byRule')} data-testid="rules" ref={ref}>
      {rules.slice(0, fitting).map(({ id, title, title_zh, level, count }) => (
        <button
          key={id}
          type="button"
          className="rule-chip"
          title={`${t(`level.${level}`)} · ${titleOf(title, title_zh)}`}
          aria-pressed={id === state.rule}
          onClick={() => choose(id)}
        >
          <span className={`tip-mark tone-${level}`} />
          <span className="rule-chip-title">{titleOf(title, title_zh)}</span>
          <b className="number">{formatCount(count, i18n.language)}</b>
        </button>
      ))}
      {items.length > 0 && (
        <Dropdown menu={{ items, className: 'rule-menu' }} trigger={['click']}>
          <Button size="small" type="text" data-testid="more-rules">
            {t('alerts.moreRules', { value: formatCount(items.length, i18n.language) })} <DownOutlined aria-hidden />
          </Button>
        </Dropdown>
      )}
    </fieldset>
  );
}
