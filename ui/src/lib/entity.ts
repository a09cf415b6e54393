// SPDX-License-Identifier: Apache-2.0
// Which fields of an event (ECS) name an entity of each kind: the one table that "everything about" is made from.
import { kqlTerm } from './kql';
import type { EntityKind } from './links';

export type PeerId =
  | 'targets'
  | 'targetPorts'
  | 'sources'
  | 'ownPorts'
  | 'accounts'
  | 'hosts'
  | 'domains'
  | 'actions'
  | 'outcomes'
  | 'processes'
  | 'countries'
  | 'files'
  | 'answers';

/** What is shown of a kind: the most frequent values of a field, among events where it has one of the roles. */
export interface PeerPanel {
  id: PeerId;
  /** Fields of which one is the entity. */
  where: readonly string[];
  /** Whose values are listed. */
  field: string;
}

interface Kind {
  /** Every field it may stand in. */
  fields: readonly string[];
  /** One after the other, each a question of its own. */
  peers: readonly PeerPanel[];
}

const IP = ['source.ip', 'destination.ip', 'host.ip', 'source.nat.ip', 'destination.nat.ip'];
const USER = ['user.name', 'user.target.name', 'user.effective.name'];
const HOST = ['host.name', 'host.hostname', 'source.domain', 'destination.domain'];
const HASH = ['file.hash.md5', 'file.hash.sha1', 'file.hash.sha256', 'process.hash.md5', 'process.hash.sha1', 'process.hash.sha256'];
const DOMAIN = [
  'dns.question.name',
  'dns.question.registered_domain',
  'url.domain',
  'url.registered_domain',
  'tls.client.server_name',
];

const panel = (id: PeerId, where: readonly string[], field: string): PeerPanel => ({ id, where, field });

export const ENTITIES: Record<EntityKind, Kind> = {
  ip: {
    fields: IP,
    peers: [
      panel('targets', ['source.ip'], 'destination.ip'),
      panel('targetPorts', ['source.ip'], 'destination.port'),
      panel('sources', ['destination.ip'], 'source.ip'),
      panel('ownPorts', ['destination.ip'], 'destination.port'),
      panel('accounts', IP, 'user.name'),
      panel('hosts', IP, 'host.name'),
      panel('domains', ['source.ip'], 'dns.question.name'),
      panel('actions', IP, 'event.action'),
    ],
  },
  user: {
    fields: USER,
    peers: [
      panel('hosts', USER, 'host.name'),
      panel('sources', USER, 'source.ip'),
      panel('actions', USER, 'event.action'),
      panel('outcomes', USER, 'event.outcome'),
      panel('processes', USER, 'process.name'),
      panel('countries', USER, 'source.geo.country_iso_code'),
    ],
  },
  host: {
    fields: HOST,
    peers: [
      panel('accounts', HOST, 'user.name'),
      panel('sources', HOST, 'source.ip'),
      panel('targets', HOST, 'destination.ip'),
      panel('processes', HOST, 'process.name'),
      panel('actions', HOST, 'event.action'),
      panel('domains', HOST, 'dns.question.name'),
    ],
  },
  hash: {
    fields: HASH,
    peers: [
      panel('hosts', HASH, 'host.name'),
      panel('files', HASH, 'file.path'),
      panel('processes', HASH, 'process.executable'),
      panel('accounts', HASH, 'user.name'),
      panel('actions', HASH, 'event.action'),
    ],
  },
  domain: {
    fields: DOMAIN,
    peers: [
      panel('sources', DOMAIN, 'source.ip'),
      panel('targets', DOMAIN, 'destination.ip'),
      panel('hosts', DOMAIN, 'host.name'),
      panel('accounts', DOMAIN, 'user.name'),
      panel('answers', DOMAIN, 'dns.answers.data'),
      panel('actions', DOMAIN, 'event.action'),
    ],
  },
};

/** The search for an entity: in any of the fields. */
export const entityQuery = (fields: readonly string[], value: string) =>
  fields.map((field) => kqlTerm(field, value)).join(' or ');

const OTHERS: Record<string, EntityKind> = { 'related.ip': 'ip', 'related.user': 'user', 'observer.ip': 'ip', 'agent.name': 'host' };

/** The kind of thing a field names; undefined where it names none. A domain that is a host's goes by host. */
export function kindOf(field: string): EntityKind | undefined {
  const kinds = Object.entries(ENTITIES) as [EntityKind, Kind][];
  return kinds.find(([, { fields }]) => fields.includes(field))?.[0] ?? OTHERS[field];
}
