// SPDX-License-Identifier: Apache-2.0
// ClickHouse's official client against our store: all rights on the Unix socket $STORE_SOCKET, and as the reader
// 'grafana' at $STORE_URL. test-clickhouse-client starts the program and runs this.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { createClient, ClickHouseError, ClickHouseLogLevel } from '@clickhouse/client';

const { STORE_SOCKET, STORE_URL } = process.env;
const log = { level: ClickHouseLogLevel.OFF };
const client = createClient({
  url: 'http://store', http_agent: new Agent({ socketPath: STORE_SOCKET, keepAlive: true }), log,
  compression: { response: true, request: true },
});
const reader = createClient({ url: STORE_URL, log, username: 'grafana', password: 'a-secret' });
const rows = async (query, more = {}) => (await client.query({ query, format: 'JSONEachRow', ...more })).json();
const refused = (promise, code, type) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof ClickHouseError, `${error}`);
    assert.equal(error.code, code);
    assert.equal(error.type, type);
    return true;
  });

const tests = {
  async 'ping and version'() {
    assert.equal((await client.ping()).success, true);
    assert.match((await rows('SELECT version() AS v'))[0].v, /^\d+\.\d+/);
  },

  async 'commands and inserts'() {
    await client.command({ query: 'CREATE TABLE t (a UInt32, s String) ENGINE = MergeTree ORDER BY a' });
    await client.insert({ table: 't', values: [{ a: 1, s: "it's" }, { a: 2, s: '望楼\n\t"' }], format: 'JSONEachRow' });
    await client.insert({ table: 't', values: [[3, 'x']], format: 'JSONCompactEachRow', columns: ['a', 's'] });
    await client.insert({ table: 't', values: Readable.from(['4,"c"\n', '5,"d"\n'], { objectMode: false }), format: 'CSV' });
    assert.deepEqual(await rows('SELECT s FROM t WHERE a > 3 ORDER BY a'), [{ s: 'c' }, { s: 'd' }]);
    assert.deepEqual(await rows('SELECT a, s FROM t WHERE a < 4 ORDER BY a'),
      [{ a: 1, s: "it's" }, { a: 2, s: '望楼\n\t"' }, { a: 3, s: 'x' }]);
  },

  async 'formats'() {
    const whole = await (await client.query({ query: 'SELECT 1 AS one', format: 'JSON' })).json();
    assert.deepEqual(whole.data, [{ one: 1 }]);
    assert.equal(whole.rows, 1);
    const text = await (await client.query({ query: 'SELECT number FROM numbers(3)', format: 'CSVWithNames' })).text();
    assert.equal(text, '"number"\n0\n1\n2\n');
  },

  async 'parameters are values'() {
    const [row] = await rows('SELECT {s:String} AS s, {n:Int64} AS n, {a:Array(String)} AS a, {i:Identifier} AS i FROM t LIMIT 1', {
      query_params: { s: "'; DROP TABLE t; --\t\\", n: -5, a: ["x'", 'y'], i: 's' },
    });
    assert.deepEqual([row.s, String(row.n), row.a], ["'; DROP TABLE t; --\t\\", '-5', ["x'", 'y']]);
  },

  async 'settings'() {
    assert.equal((await rows('SELECT getSetting(\'max_threads\') AS n', { clickhouse_settings: { max_threads: 1 } }))[0].n, 1);
    await refused(rows('SELECT 1', { clickhouse_settings: { format_schema_path: '/etc' } }), '115', 'UNKNOWN_SETTING');
  },

  async 'errors carry code and type'() {
    await refused(rows('SELECT * FROM absent'), '60', 'UNKNOWN_TABLE');
    await refused(rows('SELECT absent FROM t'), '47', 'UNKNOWN_IDENTIFIER');
    await refused(rows('SELEKT 1'), '62', 'SYNTAX_ERROR');
    await refused(rows('SELECT sleepEachRow(1) FROM numbers(3)', { clickhouse_settings: { max_execution_time: 1 } }), '159',
      'TIMEOUT_EXCEEDED');
  },

  async 'a long answer is streamed'() {
    const count = 2_000_000;
    const answer = await client.query({
      query: `SELECT number AS n, repeat('x', 20) AS s FROM numbers(${count})`, format: 'JSONCompactEachRowWithNames',
    });
    let seen = 0, last;
    for await (const batch of answer.stream())
      for (const row of batch) {
        seen++;
        last = row.text;
      }
    assert.equal(seen, count + 1); // the names come once
    assert.equal(JSON.parse(last)[0], count - 1);
  },

  async 'Native blocks of later protocol revisions'() {
    const columns = ["number", "toString(number)", "toLowCardinality(toString(number % 7))", "[toLowCardinality('a'), 'b']",
      "map('k', number)", "tuple(1, 'x')", 'CAST(number % 9 AS Nullable(Int8))',
      "toLowCardinality(CAST(if(number % 2, 'q', NULL) AS Nullable(String)))", 'now64(6)', "toDateTime(0, 'UTC')",
      'toDecimal64(1, 3)', 'generateUUIDv4()', "toIPv6('::1')", '[[1], [2, 3]]', "[tuple('a', toLowCardinality('z'))]",
      "CAST('a' AS Enum8('a' = 1, 'b' = 2))", "CAST((1, 'b') AS Tuple(x UInt8, y LowCardinality(String)))", '[]', 'true',
      "toFixedString('x', 3)", "CAST(map('a', ['b']) AS Map(LowCardinality(String), Array(String)))"];
    const query = `SELECT ${columns.map((column, i) => `${column} AS c${i}`)} FROM numbers(200000) FORMAT Native`;
    const bytes = async (revision) => {
      const answer = await fetch(`${STORE_URL}/?max_threads=1&client_protocol_version=${revision}`,
        { method: 'POST', body: query, headers: { 'X-ClickHouse-User': 'grafana', 'X-ClickHouse-Key': 'a-secret' } });
      assert.equal(answer.status, 200);
      return Buffer.from(await answer.arrayBuffer());
    };
    const [plain, info, custom] = [await bytes(0), await bytes(54405), await bytes(54460)];
    const blocks = (info.length - plain.length) / 8; // block info
    assert.ok(blocks >= 1 && Number.isInteger(blocks), `${blocks}`);
    assert.equal(custom.length, info.length + blocks * columns.length); // and a byte a column
    assert.equal(custom.subarray(0, 8).toString('hex'), '010002ffffffff00');
    assert.equal(custom.subarray(12, 15).toString('latin1'), '\x02c0');
  },

  async 'one slow query does not hold up the others'() {
    let finished = false;
    const slow = rows('SELECT sleep(3)').then(() => { finished = true; });
    for (let i = 0; i < 20; i++)
      await rows('SELECT 1');
    await client.insert({ table: 't', values: [{ a: 9, s: '' }], format: 'JSONEachRow' });
    assert.equal(finished, false);
    await slow;
  },

  async 'a reader reads and does nothing else'() {
    const read = async (query) => (await reader.query({ query, format: 'JSONEachRow' })).json();
    assert.equal(Number((await read('SELECT count() AS n FROM events'))[0].n), 1000);
    assert.equal((await reader.ping({ select: true })).success, true);
    await refused(reader.command({ query: 'DROP TABLE t' }), '164', 'READONLY');
    await refused(read("SELECT * FROM file('/etc/passwd', 'LineAsString')"), '497', 'ACCESS_DENIED');
    await refused(read("SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')"), '164', 'READONLY');
    const stranger = createClient({ url: STORE_URL, log, username: 'grafana', password: 'wrong' });
    await refused(stranger.query({ query: 'SELECT 1' }), '516', 'AUTHENTICATION_FAILED');
    await stranger.close();
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests))
  try {
    await test();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}: ${error.stack}`);
  }
await client.close();
await reader.close();
process.exit(failed ? 1 : 0);
