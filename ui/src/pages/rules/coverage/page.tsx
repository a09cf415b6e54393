// SPDX-License-Identifier: Apache-2.0
// What the enabled rules could see of an attack, and what they do see with the log sources that talk.
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { RuleCoverage, RuleTactic, RuleTechnique } from '../../../api/rules-queries';
import { useRuleCoverage } from '../../../api/rules-queries';
import { Loaded } from '../../../components/loaded';
import { PageHead } from '../../../components/page-head';
import { Panel } from '../../../components/panel';
import { useTacticName } from '../../../components/tactic';
import { useTechniqueWords } from '../../../components/technique';
import { TACTICS } from '../../../lib/attack';
import { formatCount } from '../../../lib/format';
import { sourcePath } from '../../../lib/links';
import { text, useUrlState } from '../../../lib/url-state';
import { sourceText } from '../parts';
import { RulesNav } from '../rules-nav';
import { rulesPath } from '../state';
import '../../../styles/rules.css';

const SHOWN = ['all', 'covered', 'visible', 'blind', 'none'] as const;
const COVERAGE_STATE = { show: text('all'), q: text() };
const CONNECT_SHOWN = 12;

type State = RuleTechnique['state'];

/** A technique with its sub-techniques taken together: it is seen where one of them is. */
interface Cell {
  id: string;
  name: string;
  name_zh?: string;
  rules: number;
  visible: number;
  state: State;
  /** Ids and names in both languages, of its sub-techniques too: what a search finds it by. */
  words: string;
}

const stateOf = (rules: number, visible: number): State => (visible > 0 ? 'visible' : rules > 0 ? 'blind' : 'none');

const NO_CELL = { rules: 0, visible: 0, state: 'none', words: '' } as const;

export function cellsOf(techniques: readonly RuleTechnique[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const { id, name, name_zh, rules, visible } of techniques) {
    const parent = id.split('.')[0] ?? id;
    const names = { name, name_zh };
    const cell = cells.get(parent) ?? { ...NO_CELL, id: parent, ...names };
    const isSub = parent !== id;
    const sum = { rules: cell.rules + rules, visible: cell.visible + visible };
    cells.set(parent, {
      ...cell,
      ...sum,
      ...(!isSub && names),
      state: stateOf(sum.rules, sum.visible),
      words: `${cell.words}\n${id} ${name} ${name_zh ?? ''}`.toLowerCase(),
    });
  }
  return [...cells.values()];
}

const isShown = (cell: Cell, show: string, words: string) =>
  (show === 'all' || show === cell.state || (show === 'covered' && cell.rules > 0)) &&
  cell.words.includes(words.trim().toLowerCase());

/** As an attack goes; what is none of the fourteen comes last. */
const inOrder = (tactics: readonly RuleTactic[]) =>
  [...tactics].sort((a, b) => placeOf(a.tactic) - placeOf(b.tactic));

function placeOf(name: string): number {
  const at = (TACTICS as readonly string[]).indexOf(name);
  return at < 0 ? TACTICS.length : at;
}

function Technique({ cell }: { cell: Cell }) {
  const { t } = useTranslation();
  const counts = cell.rules > 0 ? t('coverage.counts', { visible: cell.visible, rules: cell.rules }) : '';
  const said = `${t(`coverage.state.${cell.state}`)} ${counts}`;
  const { name, title } = useTechniqueWords()(cell);
  const content = (
    <>
      <span className="cell-id mono">{cell.id}</span>
      {cell.rules > 0 && (
        <span className="cell-count number">
          {cell.visible}/{cell.rules}
        </span>
      )}
      <span className="cell-name">{name}</span>
      <span className="sr-only">{said}</span>
    </>
  );
  return (
    <li className={`cell cell-${cell.state}`} title={title ? `${title}\n${said}` : said}>
      {cell.rules > 0 ? <Link to={rulesPath({ technique: cell.id })}>{content}</Link> : <span>{content}</span>}
    </li>
  );
}

function Tactic({ tactic, show, words }: { tactic: RuleTactic; show: string; words: string }) {
  const { t } = useTranslation();
  const tacticName = useTacticName();
  const cells = cellsOf(tactic.techniques);
  const shown = cells.filter((cell) => isShown(cell, show, words));
  const seen = cells.filter(({ state }) => state === 'visible').length;
  return (
    <section className="matrix-column">
      <h2>
        <Link to={rulesPath({ tactic: tactic.tactic })}>{tacticName(tactic.tactic)}</Link>
      </h2>
      <p className="muted number">{t('coverage.seen', { seen, total: cells.length })}</p>
      <ul>
        {shown.map((cell) => (
          <Technique key={cell.id} cell={cell} />
        ))}
      </ul>
    </section>
  );
}

function Legend({ coverage }: { coverage: RuleCoverage }) {
  const { t } = useTranslation();
  const cells = new Map(
    coverage.tactics.flatMap(({ techniques }) => cellsOf(techniques)).map((cell) => [cell.id, cell]),
  );
  const count = (wanted: State) => [...cells.values()].filter(({ state }) => state === wanted).length;
  return (
    <ul className="legend" aria-label={t('coverage.legend')}>
      {(['visible', 'blind', 'none'] as const).map((state) => (
        <li key={state}>
          <span className={`legend-mark cell-${state}`} aria-hidden="true" />
          {t(`coverage.state.${state}`)} <b className="number">{count(state)}</b>
        </li>
      ))}
      <li className="muted">{t('coverage.sum', { rules: coverage.rules, visible: coverage.rules_visible })}</li>
    </ul>
  );
}

function Connect({ coverage }: { coverage: RuleCoverage }) {
  const { t, i18n } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = coverage.connect.slice(0, all ? undefined : CONNECT_SHOWN);
  if (coverage.connect.length === 0) return null;
  return (
    <Panel title={t('coverage.connect')} extra={<span className="muted">{t('coverage.connectHint')}</span>}>
      <table className="plain-table">
        <thead>
          <tr>
            <th>{t('rules.source')}</th>
            <th className="end">{t('coverage.techniques')}</th>
            <th className="end">{t('coverage.rules')}</th>
            <th>{t('coverage.giving')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ product, category, service, techniques, rules, sources }) => (
            <tr key={`${product}/${category}/${service}`}>
              <td>
                <Link className="mono" to={rulesPath({ source: service || category || product })}>
                  {sourceText({ product, category, service })}
                </Link>
              </td>
              <td className="number end">{formatCount(techniques, i18n.language)}</td>
              <td className="number end">{formatCount(rules, i18n.language)}</td>
              <td className="mono">
                {sources.length === 0 && <span className="muted">{t('coverage.noSource')}</span>}
                {sources.slice(0, 5).map((id, i) => (
                  <span key={id}>
                    {i > 0 && ' '}
                    <Link to={sourcePath(id)}>{id}</Link>
                  </span>
                ))}
                {sources.length > 5 && ' …'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {coverage.connect.length > CONNECT_SHOWN && !all && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t('coverage.showAll', { value: coverage.connect.length })}
        </Button>
      )}
    </Panel>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(COVERAGE_STATE);
  const query = useRuleCoverage();
  return (
    <>
      <PageHead title={t('coverage.title')} hint={t('coverage.hint')} help="daily-work#rules">
        <Button icon={<DownloadOutlined />} href="/api/v1/rules/coverage/layer" download>
          {t('coverage.layer')}
        </Button>
      </PageHead>
      <RulesNav current="coverage" />
      <Loaded query={query} rows={12}>
        {(coverage) => (
          <>
            <search className="filters">
              <Input
                className="filter-text"
                value={state.q}
                maxLength={60}
                allowClear
                onChange={({ target }) => change({ q: target.value })}
                placeholder={t('coverage.search')}
                aria-label={t('coverage.search')}
              />
              <Segmented
                value={state.show}
                onChange={(show) => change({ show })}
                options={SHOWN.map((value) => ({ value, label: t(`coverage.show.${value}`) }))}
                aria-label={t('coverage.shown')}
              />
              <Legend coverage={coverage} />
            </search>
            <section className="matrix" data-testid="matrix" tabIndex={0} aria-label={t('coverage.title')}>
              {inOrder(coverage.tactics).map((tactic) => (
                <Tactic key={tactic.id} tactic={tactic} show={state.show} words={state.q} />
              ))}
            </section>
            <Connect coverage={coverage} />
            <p className="muted rules-note">{t('coverage.notice', { owner: coverage.attack })}</p>
          </>
        )}
      </Loaded>
    </>
  );
}
