// SPDX-License-Identifier: Apache-2.0
// The tables one may ask (doc/formats/store.md), and queries to begin with.
import type { Field } from '../../api/types';

export interface Column {
  name: string;
  type: string;
  /** The field it holds, as searches call it. */
  field?: Field;
}

export const TABLES = [
  'events',
  'events_minute',
  'addresses_hour',
  'hosts_hour',
  'address_assignments',
] as const;
export type TableName = (typeof TABLES)[number];

const columns = (text: string): Column[] =>
  text.split(', ').map((part) => {
    const [name = '', type = ''] = part.split(' ');
    return { name, type };
  });

const SMALL: Record<Exclude<TableName, 'events'>, Column[]> = {
  events_minute: columns(
    'minute Int64, dataset String, kind String, category String, outcome String, severity Int64, events UInt64',
  ),
  addresses_hour: columns('hour Int64, address FixedString(16), country String, events UInt64'),
  hosts_hour: columns('hour Int64, host String, dataset String, events UInt64'),
  address_assignments: columns(
    'key String, time Int64, seq UInt64, received Int64, action String, address FixedString(16), port Int64, mac String, user String, host String, nat_address FixedString(16), nat_port Int64, nat_port_last Int64, began Int64, until Int64, dataset String, observer String, observer_ip FixedString(16)',
  ),
};

/** What every event has beside its fields. */
const BEFORE = columns('timestamp DateTime64(6), seq UInt64, received Int64');
const BEHIND = columns('attr_keys Array(String), attr_values Array(String)');

const TYPES: Record<Field['type'], string> = {
  keyword: 'String',
  text: 'String',
  long: 'Int64',
  double: 'Float64',
  ip: 'FixedString(16)',
  date: 'Int64',
  bool: 'UInt8',
};

function ofField(field: Field): Column[] {
  const name = field.name === '@timestamp' ? 'time' : field.name.replaceAll('.', '_');
  const column = { name, type: TYPES[field.type], field };
  return field.type === 'ip' ? [{ name: `${name}_text`, type: 'String', field }, column] : [column];
}

export const columnsOf = (table: TableName, fields: readonly Field[]): Column[] =>
  table === 'events' ? [...BEFORE, ...fields.flatMap(ofField), ...BEHIND] : SMALL[table];

const DAY = 'timestamp > now() - INTERVAL 1 DAY';

export const EXAMPLES = [
  {
    id: 'top',
    query: `SELECT source_ip_text, count() AS failures, uniq(user_name) AS accounts
FROM events
WHERE ${DAY} AND event_outcome = 'failure' AND source_ip_text != ''
GROUP BY source_ip_text
ORDER BY failures DESC
LIMIT 20`,
  },
  {
    id: 'hourly',
    query: `SELECT toStartOfHour(fromUnixTimestamp64Micro(minute)) AS hour, dataset, sum(events) AS n
FROM events_minute
WHERE minute > toUnixTimestamp(now() - INTERVAL 1 DAY) * 1000000
GROUP BY hour, dataset
ORDER BY hour DESC, n DESC`,
  },
  {
    id: 'attribute',
    query: `SELECT attr_values[indexOf(attr_keys, 'LogonType')] AS logon_type, count() AS n
FROM events
WHERE ${DAY} AND has(attr_keys, 'LogonType')
GROUP BY logon_type
ORDER BY n DESC`,
  },
  {
    id: 'beacon',
    query: `SELECT source_ip_text, destination_ip_text, count() AS n, stddevPop(gap) / avg(gap) AS unevenness
FROM (
  SELECT source_ip_text, destination_ip_text,
    time - lagInFrame(time) OVER (PARTITION BY source_ip, destination_ip ORDER BY time) AS gap
  FROM events
  WHERE ${DAY} AND destination_ip_text != ''
)
WHERE gap > 0 AND gap < 86400000000
GROUP BY source_ip_text, destination_ip_text
HAVING n > 20
ORDER BY unevenness
LIMIT 20`,
  },
  {
    id: 'who',
    query: `SELECT fromUnixTimestamp64Micro(time) AS at, action, user, host, mac, dataset
FROM address_assignments
WHERE key = concat('ip:', hex(IPv6StringToNum('::ffff:10.0.0.1')))
ORDER BY time DESC
LIMIT 100`,
  },
] as const;
