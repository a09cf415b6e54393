// SPDX-License-Identifier: Apache-2.0
// What the alerts are about, and how it hangs together. A node or an edge that is chosen is explained at the side.
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type AlertSubject, type IncidentDetail, OPEN_INCIDENT, useIncidentSubjects } from '../../api/incidents-queries';
import { useMay } from '../../api/queries';
import { levelColor } from '../../charts/options';
import Chart from '../../charts/parts';
import { tooltip } from '../../charts/tooltip';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { useRuleTitle } from '../../components/rule-title';
import { LevelTag } from '../../components/tags';
import { formatCount } from '../../lib/format';
import {
  buildGraph,
  type Graph as Data,
  type GraphEdge,
  type GraphNode,
  NODE_KINDS,
  type NodeKind,
  neighbours,
} from '../../lib/incident-graph';
import { tabPath } from '../../lib/incident-state';
import { list, text, useUrlState } from '../../lib/url-state';
import { cssColor, useTheme } from '../../theme';
import { SplitForm } from './move-forms';
import { AlertLink, EntityLink } from './refs';

const STATE = { kind: list<NodeKind>(NODE_KINDS, NODE_KINDS), node: text(), edge: text() };
const HEIGHT = 560;
const SYMBOLS: Record<NodeKind, string> = {
  address: 'circle',
  host: 'rect',
  asset: 'pin',
  user: 'triangle',
  domain: 'diamond',
  file_hash: 'roundRect',
};
/** With more nodes only the busy ones are named; the others say so when pointed at. */
const NAMED_MAX = 40;
const NAME_LENGTH = 26;

const edgeKey = ({ from, to }: GraphEdge) => `${from}>${to}`;
const shorten = (value: string) => (value.length > NAME_LENGTH ? `${value.slice(0, NAME_LENGTH - 1)}…` : value);

function useOption({ nodes, edges }: Data, chosen: string) {
  const { t, i18n } = useTranslation();
  const { name: theme } = useTheme();
  const titleOf = useRuleTitle();
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the theme, words from the language
  return useMemo(() => {
    const busy = nodes.length <= NAMED_MAX ? 0 : (nodes[NAMED_MAX]?.alerts.length ?? 0);
    const nameOf = (key: string) => nodes.find((node) => node.key === key)?.name ?? key;
    const drawNode = (node: GraphNode) => ({
      id: node.key,
      name: node.key,
      symbol: SYMBOLS[node.kind],
      symbolSize: Math.min(14 + 5 * Math.log2(node.alerts.length + 1), 44),
      itemStyle: {
        color: levelColor(node.level),
        borderColor: node.key === chosen ? cssColor('--text') : cssColor('--surface'),
        borderWidth: node.key === chosen ? 3 : 1,
      },
      label: { show: nodes.length <= NAMED_MAX || node.alerts.length > busy || node.key === chosen, formatter: shorten(node.name) },
      tip: () =>
        tooltip(node.name, [
          { label: t(`incident.kind.${node.kind}`), value: t('incident.alertsOf', { value: node.alerts.length }), tone: `tone-${node.level}` },
        ]),
    });
    const drawEdge = (edge: GraphEdge) => ({
      source: edge.from,
      target: edge.to,
      lineStyle: {
        width: Math.min(1 + Math.log2(edge.alerts.length), 6),
        color: edgeKey(edge) === chosen ? cssColor('--text') : levelColor(edge.level),
        opacity: edgeKey(edge) === chosen ? 1 : 0.55,
      },
      tip: () =>
        tooltip(
          `${nameOf(edge.from)} → ${nameOf(edge.to)}`,
          edge.rules.slice(0, 5).map(({ title, title_zh, count }) => ({
            label: titleOf(title, title_zh),
            value: formatCount(count, i18n.language),
            tone: `tone-${edge.level}`,
          })),
        ),
    });
    const far = nodes.length > 60;
    return {
      animation: false,
      tooltip: {
        confine: true,
        transitionDuration: 0,
        padding: 0,
        borderWidth: 0,
        className: 'tip-box',
        formatter: ({ data }: { data: { tip: () => HTMLElement } }) => data.tip(),
      },
      series: [
        {
          id: 'graph',
          type: 'graph',
          layout: 'force',
          force: {
            layoutAnimation: false,
            initLayout: 'circular',
            repulsion: far ? 90 : 420,
            edgeLength: far ? [30, 90] : [80, 170],
            gravity: far ? 0.12 : 0.08,
          },
          roam: true,
          scaleLimit: { min: 0.3, max: 5 },
          edgeSymbol: ['none', 'arrow'],
          edgeSymbolSize: 7,
          lineStyle: { curveness: 0.06 },
          label: { position: 'bottom', color: cssColor('--text'), fontSize: 11, fontFamily: 'monospace' },
          labelLayout: { hideOverlap: true },
          emphasis: { focus: 'adjacency', label: { show: true } },
          nodes: nodes.map(drawNode),
          links: edges.map(drawEdge),
        },
      ],
    };
  }, [nodes, edges, chosen, theme, i18n.language]);
}

function Kinds({ subjects, chosen, onChange }: { subjects: AlertSubject[]; chosen: readonly NodeKind[]; onChange: (kind: NodeKind[]) => void }) {
  const { t, i18n } = useTranslation();
  const all = buildGraph(subjects, NODE_KINDS, Number.POSITIVE_INFINITY).nodes;
  const present = NODE_KINDS.map((kind) => ({ kind, count: all.filter((node) => node.kind === kind).length }));
  const toggle = (kind: NodeKind) =>
    onChange(chosen.includes(kind) ? chosen.filter((each) => each !== kind) : [...chosen, kind]);
  return (
    <fieldset className="counts" aria-label={t('incident.kinds')}>
      {present
        .filter(({ count }) => count > 0)
        .map(({ kind, count }) => (
          <button key={kind} type="button" className="count" aria-pressed={chosen.includes(kind)} onClick={() => toggle(kind)}>
            <span className={`shape shape-${kind}`} aria-hidden="true" /> {t(`incident.kind.${kind}`)}{' '}
            <b className="number">{formatCount(count, i18n.language)}</b>
          </button>
        ))}
    </fieldset>
  );
}

const LISTED = 12;

function AlertList({ ids, subjects }: { ids: readonly string[]; subjects: readonly AlertSubject[] }) {
  const titleOf = useRuleTitle();
  const { t } = useTranslation();
  const wanted = new Set(ids);
  const found = subjects.filter(({ id }) => wanted.has(id));
  return (
    <>
      <ul className="graph-alerts">
        {found.slice(0, LISTED).map(({ id, level, rule_title, rule_title_zh }) => (
          <li key={id}>
            <LevelTag level={level} /> <AlertLink id={id}>{titleOf(rule_title, rule_title_zh)}</AlertLink>
          </li>
        ))}
      </ul>
      {found.length > LISTED && <p className="muted">{t('incident.andMore', { value: found.length - LISTED })}</p>}
    </>
  );
}

interface SideProps {
  incident: IncidentDetail;
  graph: Data;
  subjects: AlertSubject[];
  onNode: (key: string) => void;
}

function Chosen({ incident, node, graph, subjects, onNode }: SideProps & { node: GraphNode }) {
  const { t, i18n } = useTranslation();
  const may = useMay('incident.change') && OPEN_INCIDENT.includes(incident.status);
  const [splitting, setSplitting] = useState(false);
  const next = neighbours(graph, node.key);
  const some = node.alerts.length < incident.alerts;
  return (
    <div data-testid="graph-chosen">
      <p className="muted">{t(`incident.kind.${node.kind}`)}</p>
      <h2>
        <EntityLink kind={node.kind} value={node.value} name={node.name} />
      </h2>
      <p>
        <Link to={tabPath(incident.id, 'alerts', { about: node.key })}>
          {t('incident.alertsOf', { value: formatCount(node.alerts.length, i18n.language) })}
        </Link>
      </p>
      {may && some && (
        <Button size="small" onClick={() => setSplitting(true)} data-testid="graph-split">
          {t('incident.splitThese')}
        </Button>
      )}
      <h3>{t('incident.neighbours')}</h3>
      <ul className="graph-next">
        {next.slice(0, LISTED).map(({ node: other, count }) => (
          <li key={other.key}>
            <button type="button" className="value mono" onClick={() => onNode(other.key)}>
              {other.name}
            </button>
            <span className="muted number">{formatCount(count, i18n.language)}</span>
          </li>
        ))}
      </ul>
      <h3>{t('incidents.alerts')}</h3>
      <AlertList ids={node.alerts} subjects={subjects} />
      <SplitForm incident={incident} alerts={node.alerts} open={splitting} onClose={() => setSplitting(false)} />
    </div>
  );
}

function ChosenEdge({ edge, graph, subjects }: Omit<SideProps, 'incident'> & { edge: GraphEdge }) {
  const { t, i18n } = useTranslation();
  const node = (key: string) => graph.nodes.find((each) => each.key === key);
  const ends = [node(edge.from), node(edge.to)].filter((each) => each !== undefined);
  return (
    <div data-testid="graph-edge">
      <p className="muted">{t('incident.alertsOf', { value: formatCount(edge.alerts.length, i18n.language) })}</p>
      <h2>
        {ends.map((end, i) => (
          <span key={end.key}>
            {i > 0 && ' → '}
            <EntityLink kind={end.kind} value={end.value} name={end.name} />
          </span>
        ))}
      </h2>
      <AlertList ids={edge.alerts} subjects={subjects} />
    </div>
  );
}

/** Nothing chosen: the busiest, to choose from without pointing at the picture. */
function Busiest({ graph, onNode }: Pick<SideProps, 'graph' | 'onNode'>) {
  const { t, i18n } = useTranslation();
  return (
    <div>
      <p className="muted">{t('incident.graphHint')}</p>
      <ul className="graph-next" data-testid="graph-nodes">
        {graph.nodes.slice(0, 2 * LISTED).map(({ key, kind, name, alerts }) => (
          <li key={key}>
            <span className={`shape shape-${kind}`} aria-hidden="true" />
            <button type="button" className="value mono" onClick={() => onNode(key)} title={t(`incident.kind.${kind}`)}>
              {name}
            </button>
            <span className="muted number">{formatCount(alerts.length, i18n.language)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Content({ incident, subjects }: { incident: IncidentDetail; subjects: AlertSubject[] }) {
  const { t } = useTranslation();
  const [{ kind, node: nodeKey, edge }, change] = useUrlState(STATE);
  const graph = useMemo(() => buildGraph(subjects, kind), [subjects, kind]);
  const option = useOption(graph, nodeKey || edge);
  const node = graph.nodes.find(({ key }) => key === nodeKey);
  const link = graph.edges.find((each) => edgeKey(each) === edge);
  const choose = (key: string) => change({ node: key, edge: '' });
  const pick = ({ index, kind: what }: { index: number; kind?: string }) => {
    const picked = graph.edges[index];
    if (what === 'edge' && picked) change({ node: '', edge: edgeKey(picked) });
    else choose(graph.nodes[index]?.key ?? '');
  };
  const side = { incident, graph, subjects, onNode: choose };
  return (
    <section className="panel graph" data-testid="graph">
      <Kinds subjects={subjects} chosen={kind} onChange={(next) => change({ kind: next })} />
      <div className="graph-body">
        <div className="graph-chart">
          <Chart
            option={option}
            height={HEIGHT}
            label={t('incident.graphLabel', { nodes: graph.nodes.length, edges: graph.edges.length })}
            onPick={pick}
          />
          {graph.hidden > 0 && <p className="muted">{t('incident.graphHidden', { value: graph.hidden })}</p>}
        </div>
        <aside className="graph-side">
          {(node || link) && (
            <Button size="small" type="link" onClick={() => change({ node: '', edge: '' })}>
              {t('incident.chooseOther')}
            </Button>
          )}
          {node && <Chosen {...side} node={node} />}
          {!node && link && <ChosenEdge {...side} edge={link} />}
          {!node && !link && <Busiest {...side} />}
        </aside>
      </div>
    </section>
  );
}

export default function Graph({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const query = useIncidentSubjects(incident.id);
  return (
    <Loaded
      query={query}
      isEmpty={({ items }) => items.every(({ parts }) => parts.length === 0)}
      empty={<Empty title={t('incident.noGraph')} hint={t('incident.noGraphHint')} />}
    >
      {({ items }) => <Content incident={incident} subjects={items} />}
    </Loaded>
  );
}
