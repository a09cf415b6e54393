// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { AlertSubject, TimelineLine } from '../src/api/incidents-queries';
import { spanText, urgencyOf } from '../src/lib/countdown';
import { buildGraph, GROUPED_MAX, groupGraph, linksOf, neighbours } from '../src/lib/incident-graph';
import { gather, inSpan, momentsOf } from '../src/lib/incident-timeline';

type Part = AlertSubject['parts'][number];
const PARTS = {
  asset: 'asset',
  host: 'host',
  user: 'user',
  source_address: 'address',
  destination_address: 'address',
  file_hash: 'file_hash',
  domain: 'domain',
} as const;

function subject(id: string, minute: number, parts: Partial<Record<Part['part'], string>>): AlertSubject {
  return {
    id,
    time: new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString(),
    level: 'high',
    rule_id: 'r1',
    rule_title: 'A rule',
    parts: Object.entries(parts).map(([part, value]) => {
      const name = part as Part['part'];
      return { part: name, kind: PARTS[name], value };
    }),
  };
}

describe('what an alert links', () => {
  it('goes from the source over the host to the destination', () => {
    const alert = subject('a', 0, { source_address: '10.0.0.9', host: 'pc', destination_address: '192.0.2.1' });
    expect(linksOf(alert)).toEqual([
      ['address:10.0.0.9', 'host:pc'],
      ['host:pc', 'address:192.0.2.1'],
    ]);
  });

  it('has the one who asked lead to the domain, and the user to the machine', () => {
    const alert = subject('a', 0, { source_address: '10.0.0.9', domain: 'pool.example', user: 'li' });
    expect(linksOf(alert)).toEqual([
      ['user:li', 'address:10.0.0.9'],
      ['address:10.0.0.9', 'domain:pool.example'],
    ]);
  });

  it('ties the asset to where it happened', () => {
    expect(linksOf(subject('a', 0, { host: 'pc', asset: '7' }))).toEqual([['host:pc', 'asset:7']]);
    expect(linksOf(subject('a', 0, { source_address: '10.0.0.9', asset: '7' }))).toEqual([['address:10.0.0.9', 'asset:7']]);
  });

  it('links nothing with itself', () => {
    expect(linksOf(subject('a', 0, { source_address: '10.0.0.9', destination_address: '10.0.0.9' }))).toEqual([]);
  });
});

describe('a large graph', () => {
  /** So many addresses that came to one machine, two of them to another as well. */
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => subject(`a${i}`, i % 60, { source_address: `10.0.${i >> 8}.${i & 255}`, host: 'web' }));
  const alerts = [
    ...many(150),
    subject('x', 0, { source_address: '10.0.0.1', host: 'db' }),
    { ...subject('y', 1, { source_address: '10.0.0.2', host: 'db' }), level: 'critical' as const },
  ];

  it('has what is linked in the same way stand as one', () => {
    const { nodes, edges, hidden } = groupGraph(buildGraph(alerts));
    expect(nodes.map(({ key, members }) => [key, members?.length])).toEqual([
      ['host:web', undefined],
      ['*address:10.0.0.0', 148],
      ['address:10.0.0.2', undefined],
      ['address:10.0.0.1', undefined],
      ['host:db', undefined],
    ]);
    expect(hidden).toBe(0);
    const link = edges.find(({ from }) => from === '*address:10.0.0.0');
    expect(link?.alerts).toHaveLength(148);
    expect(link?.rules).toEqual([{ id: 'r1', title: 'A rule', title_zh: undefined, count: 148 }]);
  });

  it('lets the one that was chosen stand for itself', () => {
    const { nodes } = groupGraph(buildGraph(alerts), 'address:10.0.0.77');
    expect(nodes.find(({ key }) => key === 'address:10.0.0.77')?.alerts).toEqual(['a77']);
    expect(nodes.find(({ members }) => members)?.members).toHaveLength(147);
  });

  it('leaves a small one as it is', () => {
    const graph = buildGraph(many(20));
    expect(groupGraph(graph)).toBe(graph);
  });

  it('keeps the commonest of what is not alike, and the chosen one', () => {
    const pairs = Array.from({ length: 90 }, (_, i) => subject(`p${i}`, 0, { source_address: `10.1.0.${i}`, host: `pc${i}` }));
    const { nodes, hidden } = groupGraph(buildGraph([...pairs, ...many(60)]), 'host:pc89');
    expect(nodes).toHaveLength(GROUPED_MAX);
    expect(nodes.some(({ key }) => key === 'host:pc89')).toBe(true);
    expect(hidden).toBe(182 - GROUPED_MAX);
  });
});

describe('the graph', () => {
  const alerts = [
    subject('a', 0, { source_address: '10.0.0.9', host: 'web' }),
    { ...subject('b', 1, { source_address: '10.0.0.9', host: 'web' }), level: 'critical' as const },
    subject('c', 2, { source_address: '10.0.0.8', host: 'web', user: 'li' }),
  ];

  it('counts alerts on nodes and edges, with the gravest level', () => {
    const { nodes, edges, hidden } = buildGraph(alerts);
    expect(nodes[0]).toMatchObject({ key: 'host:web', alerts: ['a', 'b', 'c'], level: 'critical' });
    expect(edges).toContainEqual({
      from: 'address:10.0.0.9',
      to: 'host:web',
      alerts: ['a', 'b'],
      level: 'critical',
      rules: [{ id: 'r1', title: 'A rule', title_zh: undefined, count: 2 }],
    });
    expect(hidden).toBe(0);
  });

  it('keeps the commonest and says how many it hides', () => {
    const { nodes, edges, hidden } = buildGraph(alerts, undefined, 2);
    expect(nodes.map(({ key }) => key)).toEqual(['host:web', 'address:10.0.0.9']);
    expect([edges.length, hidden]).toEqual([1, 2]);
  });

  it('leads to the site where no machine is named', () => {
    const alert: AlertSubject = {
      ...subject('a', 0, { source_address: '203.0.113.24' }),
      parts: [
        { part: 'source_address', kind: 'address', value: '203.0.113.24' },
        { part: 'asset', kind: 'asset', value: '226', name: 'Portal' },
      ],
    };
    const { nodes, edges } = buildGraph([alert]);
    expect(nodes.map(({ name }) => name).sort()).toEqual(['203.0.113.24', 'Portal']);
    expect(edges[0]).toMatchObject({ from: 'address:203.0.113.24', to: 'asset:226' });
  });

  it('shows the kinds asked for and knows neighbours', () => {
    const graph = buildGraph(alerts, ['host', 'address']);
    expect(graph.nodes.some(({ kind }) => kind === 'user')).toBe(false);
    expect(neighbours(graph, 'host:web').map(({ node, count }) => [node.value, count])).toEqual([
      ['10.0.0.9', 2],
      ['10.0.0.8', 1],
    ]);
  });
});

describe('the timeline', () => {
  const line = (number: number, minute: number): TimelineLine => ({
    number,
    time: new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString(),
    kind: 'note',
    by: 'li',
  });
  const alerts = [0, 1, 2, 40].map((minute) => subject(`a${minute}`, minute, {}));

  it('puts alerts and lines in order and gathers what follows closely', () => {
    const moments = gather(momentsOf(alerts, [line(1, 2), line(2, 30)]));
    const seen = moments.map((moment) => (moment.lane === 'alert' ? moment.alerts.length : moment.key));
    expect(seen).toEqual([3, 'line-1', 'line-2', 1]);
  });

  it('shows a span', () => {
    const from = Date.UTC(2026, 10, 22, 8, 1);
    expect(inSpan(momentsOf(alerts, []), from, from + 60_000)).toHaveLength(2);
  });
});

describe('the countdown', () => {
  it('has the two largest units', () => {
    expect(spanText(3 * 3_600_000 + 12 * 60_000 + 5000, 'en')).toBe('3 hr 12 min');
    expect(spanText(-(50 * 3_600_000), 'en')).toBe('2 days 2 hr');
    expect(spanText(86_400_000, 'zh-CN')).toBe('1天');
    expect(spanText(20_000, 'en')).toBe('0 min');
  });

  it('is urgent by what is left', () => {
    const now = Date.UTC(2026, 0, 1);
    const at = (ms: number) => new Date(now + ms).toISOString();
    expect([urgencyOf(at(-1), now), urgencyOf(at(3_600_000), now), urgencyOf(at(86_400_000), now)]).toEqual([
      'over',
      'soon',
      'later',
    ]);
  });
});
