// SPDX-License-Identifier: Apache-2.0
// What the alerts are about, and how it hangs together. A node or an edge that is chosen is explained at the side.
import { Button, Input, Switch } from 'antd';
import { useDeferredValue, useMemo, useState } from 'react';
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
import { layOut, type Point } from '../../lib/graph-layout';
import {
  buildGraph,
  type Graph as Data,
  type GraphEdge,
  type GraphNode,
  GROUP_FROM,
  groupGraph,
  NODE_KINDS,
  type NodeKind,
  neighbours,
} from '../../lib/incident-graph';
import { tabPath } from '../../lib/incident-state';
import { flag, list, text, useUrlState } from '../../lib/url-state';
import { cssColor, useTheme } from '../../theme';
import { SplitForm } from './move-forms';
import { AlertLink, EntityLink } from './refs';

/** all: each for itself, where what is alike would stand as one. */
const STATE = { kind: list<NodeKind>(NODE_KINDS, NODE_KINDS), node: text(), edge: text(), all: flag };
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

/** What a node is called; a group by how many it stands for. */
function useNodeName() {
  const { t, i18n } = useTranslation();
  return ({ name, kind, members }: GraphNode) =>
    members
      ? t('incident.groupOf', { value: formatCount(members.length, i18n.language), kind: t(`incident.kind.${kind}`) })
      : name;
}

/** Stays as it is while nodes and edges are the same, whatever is chosen. */
function usePoints({ nodes, edges }: Data): Point[] {
  return useMemo(() => {
    const at = new Map(nodes.map(({ key }, i) => [key, i]));
    return layOut(
      nodes.length,
      edges.map(({ from, to }) => [at.get(from) ?? 0, at.get(to) ?? 0] as const),
    );
  }, [nodes, edges]);
}

function useOption(graph: Data, chosen: string) {
  const { nodes, edges } = graph;
  const points = usePoints(graph);
  const { t, i18n } = useTranslation();
  const nodeName = useNodeName();
  const { name: theme } = useTheme();
  const titleOf = useRuleTitle();
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the theme, words from the language
  return useMemo(() => {
    const busy = nodes.length <= NAMED_MAX ? 0 : (nodes[NAMED_MAX]?.alerts.length ?? 0);
    const names = new Map(nodes.map((node) => [node.key, nodeName(node)]));
    const nameOf = (key: string) => names.get(key) ?? key;
    const drawNode = (node: GraphNode, i: number) => ({
      ...points[i],
      id: node.key,
      name: node.key,
      symbol: SYMBOLS[node.kind],
      symbolSize: Math.min(14 + 5 * Math.log2(node.alerts.length + 1), 44),
      itemStyle: {
        color: levelColor(node.level),
        borderColor: node.key === chosen || node.members ? cssColor('--text') : cssColor('--surface'),
        borderWidth: node.key === chosen ? 3 : node.members ? 2 : 1,
        borderType: node.members ? 'dashed' : 'solid',
      },
      label: {
        show: nodes.length <= NAMED_MAX || node.alerts.length > busy || node.key === chosen || node.members !== undefined,
        formatter: shorten(nameOf(node.key)),
      },
      tip: () =>
        tooltip(nameOf(node.key), [
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
          layout: 'none',
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
  }, [nodes, edges, points, chosen, theme, i18n.language]);
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
  const nodeName = useNodeName();
  const node = (key: string) => graph.nodes.find((each) => each.key === key);
  const ends = [node(edge.from), node(edge.to)].filter((each) => each !== undefined);
  return (
    <div data-testid="graph-edge">
      <p className="muted">{t('incident.alertsOf', { value: formatCount(edge.alerts.length, i18n.language) })}</p>
      <h2>
        {ends.map((end, i) => (
          <span key={end.key}>
            {i > 0 && ' → '}
            {end.members ? nodeName(end) : <EntityLink kind={end.kind} value={end.value} name={end.name} />}
          </span>
        ))}
      </h2>
      <AlertList ids={edge.alerts} subjects={subjects} />
    </div>
  );
}

/** What a group stands for, each to be chosen. */
function ChosenGroup({ group, subjects, onNode }: Pick<SideProps, 'subjects' | 'onNode'> & { group: GraphNode }) {
  const { t, i18n } = useTranslation();
  const nodeName = useNodeName();
  return (
    <div data-testid="graph-group">
      <h2>{nodeName(group)}</h2>
      <p className="muted">{t('incident.groupHint')}</p>
      <p className="muted">{t('incident.alertsOf', { value: formatCount(group.alerts.length, i18n.language) })}</p>
      <NodeList nodes={group.members ?? []} onNode={onNode} />
      <h3>{t('incidents.alerts')}</h3>
      <AlertList ids={group.alerts} subjects={subjects} />
    </div>
  );
}

const ROWS_STEP = 100;

/** The things as a list, the commonest first, found by typing: all of the graph without the picture. */
function NodeList({ nodes, onNode }: { nodes: readonly GraphNode[]; onNode: (key: string) => void }) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState('');
  const [most, setMost] = useState(ROWS_STEP);
  const words = useDeferredValue(typed.trim().toLowerCase());
  const found = words ? nodes.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(words)) : nodes;
  return (
    <>
      {nodes.length > LISTED && (
        <Input
          size="small"
          allowClear
          value={typed}
          placeholder={t('incident.findNode')}
          aria-label={t('incident.findNode')}
          suffix={<span className="muted number">{t('incident.nodesOf', { shown: found.length, total: nodes.length })}</span>}
          onChange={(event) => setTyped(event.target.value)}
          onPressEnter={() => found[0] && onNode(found[0].key)}
          data-testid="graph-find"
        />
      )}
      {found.length === 0 && <p className="muted">{t('incident.noNodeFound')}</p>}
      <ul className="graph-next graph-list" aria-label={t('incident.graphList')} data-testid="graph-nodes">
        {found.slice(0, most).map(({ key, kind, name, alerts }) => (
          <li key={key}>
            <span className={`shape shape-${kind}`} role="img" aria-label={t(`incident.kind.${kind}`)} />
            <button type="button" className="value mono" onClick={() => onNode(key)}>
              {name}
            </button>
            <span className="muted number">{formatCount(alerts.length, i18n.language)}</span>
          </li>
        ))}
      </ul>
      {found.length > most && (
        <Button size="small" type="text" block onClick={() => setMost(most + ROWS_STEP)}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}

const NEXT_NAMED = 3;

/** The groups of the picture, each with what it is linked with, to be chosen without pointing. */
function Groups({ graph, onNode }: Pick<SideProps, 'graph' | 'onNode'>) {
  const { t, i18n } = useTranslation();
  const nodeName = useNodeName();
  const groups = graph.nodes.filter(({ members }) => members);
  if (groups.length === 0) return null;
  return (
    <ul className="graph-next" data-testid="graph-groups">
      {groups.map((group) => (
        <li key={group.key}>
          <span className={`shape shape-${group.kind}`} aria-hidden="true" />
          <button type="button" className="value" onClick={() => onNode(group.key)}>
            {nodeName(group)}{' '}
            <span className="muted">
              {neighbours(graph, group.key)
                .slice(0, NEXT_NAMED)
                .map(({ node }) => nodeName(node))
                .join(t('common.comma'))}
            </span>
          </button>
          <span className="muted number">{formatCount(group.alerts.length, i18n.language)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The address names a node, an edge or nothing; what it names is chosen. */
function Content({ incident, subjects }: { incident: IncidentDetail; subjects: AlertSubject[] }) {
  const { t } = useTranslation();
  const [{ kind, node: nodeKey, edge, all }, change] = useUrlState(STATE);
  const whole = useMemo(() => buildGraph(subjects, kind), [subjects, kind]);
  const drawn = useMemo(() => (all ? whole : groupGraph(whole, nodeKey)), [all, whole, nodeKey]);
  const option = useOption(drawn, nodeKey || edge);
  const node = drawn.nodes.find(({ key }) => key === nodeKey) ?? whole.nodes.find(({ key }) => key === nodeKey);
  const link = drawn.edges.find((each) => edgeKey(each) === edge);
  const choose = (key: string) => change({ node: key, edge: '' });
  const pick = ({ index, kind: what }: { index: number; kind?: string }) => {
    const picked = drawn.edges[index];
    if (what === 'edge' && picked) change({ node: '', edge: edgeKey(picked) });
    else choose(drawn.nodes[index]?.key ?? '');
  };
  const side = { incident, subjects, onNode: choose };
  return (
    <section className="panel graph" data-testid="graph">
      <div className="graph-head">
        <Kinds subjects={subjects} chosen={kind} onChange={(next) => change({ kind: next })} />
        {whole.nodes.length > GROUP_FROM && (
          <label className="graph-all">
            <Switch
              size="small"
              checked={all === true}
              onChange={(on) => change({ all: on || undefined, node: '', edge: '' })}
              data-testid="graph-all"
            />{' '}
            {t('incident.showAll')}
          </label>
        )}
      </div>
      <div className="graph-body">
        <div className="graph-chart">
          <Chart
            option={option}
            height={HEIGHT}
            label={t('incident.graphLabel', { nodes: drawn.nodes.length, edges: drawn.edges.length })}
            onPick={pick}
          />
          {drawn.hidden > 0 && <p className="muted">{t('incident.graphHidden', { value: drawn.hidden })}</p>}
        </div>
        <aside className="graph-side">
          {(node || link) && (
            <Button size="small" type="link" onClick={() => change({ node: '', edge: '' })} data-testid="graph-back">
              {t('incident.chooseOther')}
            </Button>
          )}
          {node?.members && <ChosenGroup {...side} group={node} />}
          {node && !node.members && <Chosen {...side} graph={whole} node={node} />}
          {!node && link && <ChosenEdge {...side} graph={drawn} edge={link} />}
          {!node && !link && (
            <>
              <p className="muted">{t('incident.graphHint')}</p>
              <Groups graph={drawn} onNode={choose} />
              <NodeList nodes={whole.nodes} onNode={choose} />
            </>
          )}
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
