// SPDX-License-Identifier: Apache-2.0
// Who, what and by which rule: the lists below the charts.
import { useTranslation } from 'react-i18next';
import type { Count, Overview } from '../../api/types';
import { type BarItem, BarList } from '../../components/bar-list';
import { Panel } from '../../components/panel';
import { useRuleTitle } from '../../components/rule-title';
import { kqlTerm } from '../../lib/kql';
import type { Range } from '../../lib/time';
import { alertsPath, eventsPath } from '../../lib/url-state';

const SHOWN = 8;
const UNPARSED = kqlTerm('event.kind', 'unparsed');

const countItems = (counts: readonly Count[], to: (key: string) => string): BarItem[] =>
  counts.slice(0, SHOWN).map(({ key, count }) => ({ key, label: key, title: key, count, to: to(key) }));

/** With whose it is, where the register knows. */
const addressItems = (counts: Overview['top_sources'], to: (key: string) => string): BarItem[] =>
  countItems(counts, to).map((item, i) => {
    const name = counts[i]?.asset_name ?? counts[i]?.unit_name;
    if (!name) return item;
    const label = (
      <>
        {item.key}
        <span className="bar-note">{name}</span>
      </>
    );
    return { ...item, label, title: `${item.key} ${name}` };
  });

function useRuleItems(rules: Overview['top_rules'], range: Range): BarItem[] {
  const titleOf = useRuleTitle();
  return rules.slice(0, SHOWN).map(({ id, title, title_zh, level, count }) => ({
    key: id,
    label: titleOf(title, title_zh),
    title: titleOf(title, title_zh),
    count,
    tone: `tone-${level}`,
    to: alertsPath({ ...range, rule: id }),
  }));
}

/** Events that no source recognised have no dataset. */
function useDatasetItems(counts: readonly Count[], range: Range): BarItem[] {
  const { t } = useTranslation();
  const query = (id: string) => (id ? kqlTerm('event.dataset', id) : UNPARSED);
  const items = countItems(counts, (id) => eventsPath({ ...range, q: query(id) }));
  return items.map((item) => (item.key ? item : { ...item, label: t('overview.unrecognised') }));
}

export function Breakdown({ overview, range }: { overview: Overview; range: Range }) {
  const { t } = useTranslation();
  const noEvents = t(overview.store_reachable === false ? 'overview.unknown' : 'overview.none');
  const alertsWith = (q: string) => alertsPath({ ...range, q });
  const rules = useRuleItems(overview.top_rules, range);
  const datasets = useDatasetItems(overview.by_source, range);
  const panels = [
    { key: 'rules', items: rules },
    { key: 'sources', items: addressItems(overview.top_sources, alertsWith) },
    { key: 'destinations', items: addressItems(overview.top_destinations, alertsWith) },
    { key: 'datasets', items: datasets },
  ] as const;
  return (
    <div className="breakdown">
      {panels.map(({ key, items }) => (
        <Panel key={key} title={t(`overview.${key}`)}>
          <BarList items={items} empty={key === 'datasets' ? noEvents : t('overview.none')} />
        </Panel>
      ))}
    </div>
  );
}
