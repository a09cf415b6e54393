// SPDX-License-Identifier: Apache-2.0
// The detection rules: which there are, whether they are on, what they find and what they cost; packs; exceptions.
import { PlusOutlined, UploadOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useMay } from '../../api/queries';
import { type RuleQuery, useRuleExceptions, useRules } from '../../api/rules-queries';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { SavedViews } from '../../components/saved-views';
import { formatCount } from '../../lib/format';
import { useHotkeys } from '../../lib/hotkeys';
import { packImportPath, rulePath } from '../../lib/links';
import { useUrlState } from '../../lib/url-state';
import { ExceptionList } from './exceptions';
import { RuleFilters } from './filters';
import { Packs } from './packs';
import { RulesNav } from './rules-nav';
import { isRuleState, RULES_STATE, type RulesState } from './state';
import { RuleTable } from './table';
import { useSwitch } from './use-switch';
import '../../styles/rules.css';

function queryOf(state: RulesState): RuleQuery {
  const { q, level, state: name, pack, tactic, technique, source } = state;
  return {
    ...(q && { q }),
    ...(level.length > 0 && { level: level.join(',') }),
    ...(isRuleState(name) && { state: name }),
    ...(pack && { pack }),
    ...(tactic && { tactic }),
    ...(technique && { technique }),
    ...(source && { source }),
  };
}

function Broken({ files }: { files: readonly { file: string; message: string; line: number }[] }) {
  const { t } = useTranslation();
  if (files.length === 0) return null;
  return (
    <Alert
      className="notice"
      type="warning"
      showIcon
      title={t('rules.brokenTitle', { count: files.length })}
      description={
        <ul className="broken">
          {files.slice(0, 5).map(({ file, message, line }) => (
            <li key={`${file}${line}${message}`}>
              <span className="mono">
                {file}:{line}
              </span>{' '}
              {message}
            </li>
          ))}
        </ul>
      }
    />
  );
}

/** What is done with several at once. */
function Bulk({ ids, onDone }: { ids: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { on, off } = useSwitch();
  if (ids.length === 0) return null;
  return (
    <div className="bulk" role="status">
      <span>{t('rules.selected', { count: ids.length })}</span>
      <Button size="small" onClick={() => on(ids)} data-testid="bulk-on">
        {t('rules.enable')}
      </Button>
      <Button size="small" onClick={() => off(ids)} data-testid="bulk-off">
        {t('rules.disable')}
      </Button>
      <Button size="small" type="link" onClick={onDone}>
        {t('rules.unselect')}
      </Button>
    </div>
  );
}

function List({ state, change }: { state: RulesState; change: (part: Partial<RulesState>) => void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const may = useMay('rule.change');
  const [selected, setSelected] = useState<string[]>([]);
  const [marked, setMarked] = useState<string>();
  const result = useRules(queryOf(state));
  const first = result.data?.pages[0];
  const rules = useMemo(() => result.data?.pages.flatMap(({ items }) => items) ?? [], [result.data]);
  const step = (by: number) => () => {
    const at = rules.findIndex(({ id }) => id === marked);
    const next = rules[Math.min(Math.max(at + by, 0), rules.length - 1)]?.id;
    setMarked(next);
    document.querySelector(`[data-row-key="${CSS.escape(next ?? '')}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const toggle = () =>
    marked &&
    setSelected((ids) => (ids.includes(marked) ? ids.filter((id) => id !== marked) : [...ids, marked]));
  useHotkeys({
    j: step(1),
    k: step(-1),
    x: () => void toggle(),
    Enter: () => void (marked && navigate(rulePath(marked))),
  });
  const number = (n: number) => formatCount(n, i18n.language);
  return (
    <>
      <RuleFilters state={state} onChange={change} />
      {result.error && <ErrorNotice error={result.error} onRetry={result.refetch} />}
      {first && <Broken files={first.broken} />}
      <div className="rules-line muted">
        {first && (
          <span data-testid="rule-total">
            {t('rules.total', { value: number(first.total), enabled: number(first.enabled) })}
          </span>
        )}
        {may && rules.length > 0 && (
          <Button type="link" size="small" onClick={() => setSelected(rules.map(({ id }) => id))}>
            {t('rules.selectAll', { count: rules.length })}
          </Button>
        )}
        <span className="grow" />
        <span>
          <kbd>j</kbd> <kbd>k</kbd> {t('rules.keyMove')} <kbd>x</kbd> {t('rules.keySelect')} <kbd>Enter</kbd>{' '}
          {t('rules.keyOpen')}
        </span>
      </div>
      <Bulk ids={selected} onDone={() => setSelected([])} />
      <RuleTable
        rules={rules}
        loading={result.isPending}
        marked={marked}
        selected={selected}
        onSelect={setSelected}
        onMore={result.hasNextPage ? () => result.fetchNextPage() : undefined}
        loadingMore={result.isFetchingNextPage}
      />
    </>
  );
}

function AllExceptions() {
  const { t } = useTranslation();
  const query = useRuleExceptions();
  return (
    <Loaded
      query={query}
      isEmpty={({ items }) => items.length === 0}
      empty={<Empty title={t('rules.noExceptions')} hint={t('rules.noExceptionsHint')} />}
    >
      {({ items }) => <ExceptionList items={items} withRules />}
    </Loaded>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(RULES_STATE);
  const may = useMay('rule.change');
  const navigate = useNavigate();
  const { view } = state;
  return (
    <>
      <PageHead title={t('nav.rules')} help="daily-work#rules">
        <SavedViews page="rules" />
        {may && view === 'packs' && (
          <Button icon={<UploadOutlined />} onClick={() => navigate(packImportPath())} data-testid="import-pack">
            {t('packs.import')}
          </Button>
        )}
        {may && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => navigate('/rules/new')} data-testid="new-rule">
            {t('rules.new')}
          </Button>
        )}
      </PageHead>
      <RulesNav current={view} />
      {view === 'packs' && <Packs />}
      {view === 'exceptions' && <AllExceptions />}
      {view !== 'packs' && view !== 'exceptions' && <List state={state} change={change} />}
    </>
  );
}
