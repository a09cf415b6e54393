// SPDX-License-Identifier: Apache-2.0
// The rules that look at what it says, those first that see nothing while it is silent.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Source, useSourceRules, useSources } from '../../api/sources-queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { useRuleTitle } from '../../components/rule-title';
import { LevelTag } from '../../components/tags';
import { formatCount } from '../../lib/format';
import { rulePath } from '../../lib/links';

/** How many others speak the same format, and so feed the same rules. */
function useOthers({ id, source }: Source): number {
  const { data } = useSources();
  return data?.items.filter((other) => other.id !== id && other.source === source && other.received > 0).length ?? 0;
}

export function Rules({ source }: { source: Source }) {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  const query = useSourceRules(source.id);
  const others = useOthers(source);
  const count = (n: number) => formatCount(n, i18n.language);
  return (
    <Panel title={t('sources.rules.title')} className="source-wide">
      <Loaded
        query={query}
        rows={4}
        isEmpty={({ total }) => total === 0}
        empty={<p className="muted">{t('sources.rules.none')}</p>}
      >
        {({ items, total, sole }) => (
          <>
            <p className="muted">
              {t('sources.rules.total', { total: count(total), sole: count(sole) })}{' '}
              {t(others > 0 ? 'sources.rules.others' : 'sources.rules.alone', { value: count(others) })}
            </p>
            <ul className="source-rules" data-testid="source-rules">
              {items.map((rule) => (
                <li key={rule.id}>
                  <LevelTag level={rule.level} />
                  <Link to={rulePath(rule.id)}>{titleOf(rule.title, rule.title_zh)}</Link>
                  <span className="grow" />
                  {rule.sole && <span className="source-poor">{t('sources.rules.sole')}</span>}
                </li>
              ))}
            </ul>
            {total > items.length && <p className="muted">{t('sources.rules.more', { value: count(items.length) })}</p>}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
