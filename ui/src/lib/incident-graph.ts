// SPDX-License-Identifier: Apache-2.0
// An incident as a graph: what its alerts are about are the nodes, each alert leads from one to the other in the
// direction of what happened. What is linked in the same way becomes one where there are too many to be read, and of
// what is left the commonest stay.
import type { AlertSubject } from '../api/incidents-queries';
import type { Level } from '../api/types';
import { LEVELS } from '../api/types';
import { assetPath, type EntityKind, entityPath } from './links';

export const NODE_KINDS = ['address', 'host', 'asset', 'user', 'domain', 'file_hash'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];
type Part = AlertSubject['parts'][number]['part'];

export interface GraphNode {
  /** "host:web-01" */
  key: string;
  kind: NodeKind;
  value: string;
  /** What people call it: of an asset its name, else the value. */
  name: string;
  /** Ids of the alerts that are about it. */
  alerts: string[];
  level: Level;
  /** Of a group: whom it stands for, the commonest first; value and name are then empty. */
  members?: GraphNode[];
}

export interface GraphEdge {
  from: string;
  to: string;
  alerts: string[];
  level: Level;
  /** The rules it is made of, the commonest first. */
  rules: { id: string; title: string; title_zh?: string; count: number }[];
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Nodes that were left out. */
  hidden: number;
}

/** What is laid out at most, in about half a second. */
export const NODES_MAX = 400;
/** With more, what is alike becomes one. */
export const GROUP_FROM = 40;
/** So many alike are a group. */
const GROUP_MIN = 4;
/** Of what is grouped this many are drawn. */
export const GROUPED_MAX = 60;

/** What the entity page calls the kinds; an asset has a page of its own. */
const ENTITY_OF: Record<Exclude<NodeKind, 'asset'>, EntityKind> = {
  address: 'ip',
  host: 'host',
  user: 'user',
  domain: 'domain',
  file_hash: 'hash',
};

export const nodePath = (kind: NodeKind, value: string) =>
  kind === 'asset' ? assetPath(Number(value)) : entityPath(ENTITY_OF[kind], value);

export const keyOf = (kind: string, value: string) => `${kind}:${value}`;

const graver = (a: Level, b: Level) => (LEVELS.indexOf(a) <= LEVELS.indexOf(b) ? a : b);

/** Which parts of one alert are linked, each from where to where. */
export function linksOf({ parts }: AlertSubject): [string, string][] {
  const all = (part: Part) => parts.filter((each) => each.part === part).map(({ kind, value }) => keyOf(kind, value));
  const [source] = all('source_address');
  const [host] = all('host');
  const [asset] = all('asset');
  // Whose site it is, where neither a machine nor an address says where it happened.
  const destination = all('destination_address')[0] ?? (host ? undefined : asset);
  const actor = host ?? source ?? destination;
  const target = host ?? destination ?? source;
  const path = [source, host, destination].filter((key) => key !== undefined);
  const links = path.slice(1).map((key, i): [string, string] => [path[i] as string, key]);
  if (asset && target) links.push([target, asset]);
  for (const user of all('user')) if (target) links.push([user, target]);
  if (actor) for (const key of [...all('domain'), ...all('file_hash')]) links.push([actor, key]);
  return links.filter(([from, to]) => from !== to);
}

function collectNodes(subjects: readonly AlertSubject[]): Map<string, GraphNode> {
  const nodes = new Map<string, GraphNode>();
  for (const { id, level, parts } of subjects)
    for (const { kind, value, name = value } of parts) {
      const key = keyOf(kind, value);
      const node = nodes.get(key) ?? { key, kind, value, name, alerts: [], level };
      if (node.alerts.at(-1) !== id) node.alerts.push(id);
      node.level = graver(node.level, level);
      nodes.set(key, node);
    }
  return nodes;
}

function countRule(edge: GraphEdge, { rule_id, rule_title, rule_title_zh }: AlertSubject) {
  const rule = edge.rules.find(({ id }) => id === rule_id);
  if (rule) rule.count++;
  else edge.rules.push({ id: rule_id, title: rule_title, title_zh: rule_title_zh, count: 1 });
}

function collectEdges(subjects: readonly AlertSubject[], shown: ReadonlySet<string>): GraphEdge[] {
  const edges = new Map<string, GraphEdge>();
  for (const subject of subjects)
    for (const [from, to] of linksOf(subject)) {
      if (!shown.has(from) || !shown.has(to)) continue;
      const key = `${from}\n${to}`;
      const edge = edges.get(key) ?? { from, to, alerts: [], level: subject.level, rules: [] };
      edge.alerts.push(subject.id);
      edge.level = graver(edge.level, subject.level);
      countRule(edge, subject);
      edges.set(key, edge);
    }
  for (const { rules } of edges.values()) rules.sort((a, b) => b.count - a.count);
  return [...edges.values()];
}

export function buildGraph(
  subjects: readonly AlertSubject[],
  kinds: readonly string[] = NODE_KINDS,
  max = NODES_MAX,
): Graph {
  const all = [...collectNodes(subjects).values()]
    .filter(({ kind }) => kinds.includes(kind))
    .sort((a, b) => b.alerts.length - a.alerts.length || LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  const nodes = all.slice(0, max);
  const edges = collectEdges(subjects, new Set(nodes.map(({ key }) => key)));
  return { nodes, edges, hidden: all.length - nodes.length };
}

/** What a node is linked with, and which way: the same for all that may stand as one. */
function signatures({ nodes, edges }: Graph): Map<string, string> {
  const links = new Map<string, string[]>();
  const add = (key: string, link: string) => links.set(key, [...(links.get(key) ?? []), link]);
  for (const { from, to } of edges) {
    add(from, `>${to}`);
    add(to, `<${from}`);
  }
  return new Map(nodes.map(({ key, kind }) => [key, `${kind} ${(links.get(key) ?? []).sort().join(' ')}`]));
}

function groupOf(members: GraphNode[]): GraphNode {
  const [first] = members as [GraphNode, ...GraphNode[]];
  return {
    key: `*${first.key}`,
    kind: first.kind,
    value: '',
    name: '',
    alerts: [...new Set(members.flatMap(({ alerts }) => alerts))],
    level: members.map(({ level }) => level).reduce(graver),
    members,
  };
}

function joinRules(into: GraphEdge, { rules }: GraphEdge) {
  for (const rule of rules) {
    const known = into.rules.find(({ id }) => id === rule.id);
    if (known) known.count += rule.count;
    else into.rules.push({ ...rule });
  }
  into.rules.sort((a, b) => b.count - a.count);
}

/** Edges between what stands for their ends; several become one. */
function joinEdges(edges: readonly GraphEdge[], standsFor: (key: string) => string): GraphEdge[] {
  const joined = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const from = standsFor(edge.from);
    const to = standsFor(edge.to);
    const known = joined.get(`${from}\n${to}`);
    if (!known) {
      joined.set(`${from}\n${to}`, { ...edge, from, to, rules: edge.rules.map((rule) => ({ ...rule })) });
      continue;
    }
    known.alerts = [...new Set([...known.alerts, ...edge.alerts])];
    known.level = graver(known.level, edge.level);
    joinRules(known, edge);
  }
  return [...joined.values()];
}

const byAlerts = (a: GraphNode, b: GraphNode) => b.alerts.length - a.alerts.length;

/**
 * The graph to be read at a glance: nodes of one kind that are linked with the same others stand as one, and of
 * what is left the commonest are there. keep: a node that stands for itself, as it was chosen.
 */
export function groupGraph(graph: Graph, keep = ''): Graph {
  if (graph.nodes.length <= GROUP_FROM) return graph;
  const signature = signatures(graph);
  const alike = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    const key = node.key === keep ? node.key : (signature.get(node.key) ?? '');
    alike.set(key, [...(alike.get(key) ?? []), node]);
  }
  const nodes: GraphNode[] = [];
  const group = new Map<string, string>();
  for (const members of alike.values()) {
    if (members.length < GROUP_MIN) {
      nodes.push(...members);
      continue;
    }
    const one = groupOf(members);
    nodes.push(one);
    for (const member of members) group.set(member.key, one.key);
  }
  nodes.sort((a, b) => Number(b.key === keep) - Number(a.key === keep) || byAlerts(a, b));
  const drawn = nodes.slice(0, GROUPED_MAX);
  const shown = new Set(drawn.map(({ key }) => key));
  const edges = joinEdges(graph.edges, (key) => group.get(key) ?? key);
  return {
    nodes: drawn.sort(byAlerts),
    edges: edges.filter(({ from, to }) => shown.has(from) && shown.has(to)),
    hidden: graph.hidden + nodes.slice(GROUPED_MAX).reduce((sum, { members }) => sum + (members?.length ?? 1), 0),
  };
}

/** What is next to a node, with how many alerts between. */
export function neighbours({ nodes, edges }: Graph, key: string): { node: GraphNode; count: number }[] {
  const counts = new Map<string, number>();
  for (const { from, to, alerts } of edges) {
    const other = from === key ? to : to === key ? from : undefined;
    if (other) counts.set(other, (counts.get(other) ?? 0) + alerts.length);
  }
  return nodes
    .filter((node) => counts.has(node.key))
    .map((node) => ({ node, count: counts.get(node.key) ?? 0 }))
    .sort((a, b) => b.count - a.count);
}
