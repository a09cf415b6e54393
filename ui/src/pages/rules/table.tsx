// SPDX-License-Identifier: Apache-2.0
import { Button, Switch, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/queries';
import type { RuleRow } from '../../api/rules-queries';
import { useRuleTitle } from '../../components/rule-title';
import { useTacticName } from '../../components/tactic';
import { LevelTag } from '../../components/tags';
import { rulePath } from '../../lib/links';
import { useNarrowScroll } from '../../lib/use-narrow-scroll';
import { usePackName } from './packs';
import { FalseShare, RuleMarks, sourceText, WeekAlerts } from './parts';
import { rulesPath } from './state';
import { useSwitch } from './use-switch';

interface Props {
  rules: readonly RuleRow[];
  loading: boolean;
  marked?: string;
  selected: readonly string[];
  onSelect: (ids: string[]) => void;
  onMore?: () => void;
  loadingMore: boolean;
}

const DEAR = 0.05;

function Cost({ rule }: { rule: RuleRow }) {
  const { t } = useTranslation();
  if (rule.cost < 0.0005) return <span className="muted">–</span>;
  const share = `${(rule.cost * 100).toFixed(1)}%`;
  return (
    <span className={rule.cost >= DEAR ? 'number bad' : 'number'} title={t('rules.costHint')}>
      {share}
    </span>
  );
}

function useColumns(): TableColumnsType<RuleRow> {
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  const tacticName = useTacticName();
  const packName = usePackName();
  const may = useMay('rule.change');
  const { on, off, pending } = useSwitch();
  return [
    {
      key: 'enabled',
      title: t('rules.enabled'),
      width: 64,
      render: (_, { id, enabled, title, title_zh }) => (
        <Switch
          size="small"
          checked={enabled}
          disabled={!may || pending}
          onChange={(wanted) => (wanted ? on([id]) : off([id]))}
          aria-label={t('rules.switchLabel', { title: titleOf(title, title_zh) })}
        />
      ),
    },
    { key: 'level', title: t('rules.level'), width: 76, render: (_, { level }) => <LevelTag level={level} /> },
    {
      key: 'title',
      title: t('rules.title'),
      render: (_, rule) => (
        <span className="rule-title">
          <Link to={rulePath(rule.id)} className={rule.enabled ? undefined : 'is-off'}>
            {titleOf(rule.title, rule.title_zh)}
          </Link>{' '}
          <RuleMarks rule={rule} />
        </span>
      ),
    },
    {
      key: 'tactic',
      title: t('rules.tactic'),
      width: 140,
      ellipsis: true,
      render: (_, { tactics }) =>
        tactics.map((name, i) => (
          <span key={name}>
            {i > 0 && t('common.comma')}
            <Link className="plain" to={rulesPath({ tactic: name })}>
              {tacticName(name)}
            </Link>
          </span>
        )),
    },
    {
      key: 'source',
      title: t('rules.source'),
      width: 176,
      ellipsis: true,
      render: (_, { logsource, kind }) => {
        const name = logsource.service ?? logsource.category ?? logsource.product;
        return name ? (
          <Link className="plain mono" to={rulesPath({ source: name })}>
            {sourceText(logsource)}
          </Link>
        ) : (
          kind === 'correlation' && <span className="muted">{t('rules.correlation')}</span>
        );
      },
    },
    { key: 'week', title: t('rules.week'), width: 108, render: (_, rule) => <WeekAlerts rule={rule} /> },
    { key: 'false', title: t('rules.falseShare'), width: 92, render: (_, rule) => <FalseShare rule={rule} /> },
    { key: 'cost', title: t('rules.cost'), width: 68, render: (_, rule) => <Cost rule={rule} /> },
    {
      key: 'pack',
      title: t('rules.pack'),
      width: 92,
      ellipsis: true,
      render: (_, { pack }) => (
        <Link className="plain" to={rulesPath({ pack })}>
          {packName(pack)}
        </Link>
      ),
    },
  ];
}

export function RuleTable({ rules, loading, marked, selected, onSelect, onMore, loadingMore }: Props) {
  const scroll = useNarrowScroll(1180);
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  const may = useMay('rule.change');
  return (
    <div className="table-box" data-testid="rules">
      <Table<RuleRow>
        scroll={scroll}
        size="small"
        rowKey="id"
        columns={useColumns()}
        dataSource={rules}
        loading={loading}
        pagination={false}
        tableLayout="fixed"
        sticky={{ offsetHeader: 0 }}
        locale={{ emptyText: t('rules.none') }}
        rowSelection={
          may
            ? {
                selectedRowKeys: [...selected],
                onChange: (keys) => onSelect(keys.map(String)),
                columnWidth: 36,
                // Ant Design repeats a box for all in a hidden row; the one above the table does instead.
                columnTitle: <span className="sr-only">{t('rules.select')}</span>,
                getCheckboxProps: ({ title, title_zh }) => ({
                  'aria-label': t('rules.selectLabel', { title: titleOf(title, title_zh) }),
                }),
              }
            : undefined
        }
        rowClassName={({ id }) => (id === marked ? 'row-selected' : '')}
      />
      {onMore && (
        <Button block type="text" onClick={onMore} loading={loadingMore}>
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}
