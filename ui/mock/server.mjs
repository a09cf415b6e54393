// SPDX-License-Identifier: Apache-2.0
// A stand-in for the real program, to develop and test the console: serves ui/dist under the strict policy and
// the API from invented data. `node mock/server.mjs [--port N] [--empty] [--stale] [--store-down] [--first-run]`

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeDay } from './fixtures.mjs';
import { compile, QueryError } from './query.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const DIST = join(here, '../dist');
const FIELDS = join(here, '../../src/event/fields.def');

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '8099' },
    empty: { type: 'boolean', default: false },
    stale: { type: 'boolean', default: false },
    'store-down': { type: 'boolean', default: false },
    'first-run': { type: 'boolean', default: false },
  },
});

const account = { username: 'admin', password: 'wanglou-mock-1', mustChange: options['first-run'] };
const auditor = { username: 'shen', password: 'wanglou-mock-1', mustChange: false };
const sessions = new Map();
const { events, alerts } = options.empty ? { events: [], alerts: [] } : makeDay();

/* Policy: what the real program should send. */

const policy = (nonce) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/* Answers */

class Fault extends Error {
  constructor(status, code, message, column) {
    super(message);
    Object.assign(this, { status, code, column });
  }
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(text, fallback) {
  const value = text ?? fallback;
  if (value === 'now') return Date.now();
  const relative = /^-(\d+)([smhd])$/.exec(value);
  return relative ? Date.now() - Number(relative[1]) * UNITS[relative[2]] : Date.parse(value);
}

const spanOf = (query) => ({
  from: timeOf(query.get('from'), '-24h'),
  to: timeOf(query.get('to'), 'now'),
});

const within =
  ({ from, to }) =>
  ({ time }) =>
    Date.parse(time) >= from && Date.parse(time) < to;

function countBy(list, keyOf, limit = 10) {
  const counts = new Map();
  for (const item of list)
    for (const key of [keyOf(item)].flat()) if (key) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .map(([key, count]) => ({ key, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, limit);
}

const STEP_MINUTES = [1, 5, 10, 30, 60, 180, 360, 720, 1440];

function bucketsOf(list, { from, to }, wanted, more = () => ({})) {
  const minutes = STEP_MINUTES.find((size) => (to - from) / (size * 60_000) <= wanted) ?? 10_080;
  const step = minutes * 60_000;
  const first = Math.floor(from / step) * step;
  const counts = new Map();
  for (const item of list) {
    const start = first + Math.floor((Date.parse(item.time) - first) / step) * step;
    const extra = more(item);
    const key = JSON.stringify([start, extra]);
    const entry = counts.get(key) ?? { time: new Date(start).toISOString(), ...extra, count: 0 };
    entry.count++;
    counts.set(key, entry);
  }
  return { step, buckets: [...counts.values()].sort((a, b) => a.time.localeCompare(b.time)) };
}

function page(list, query, fallback) {
  const start = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? fallback);
  const next = start + limit < list.length ? { next_cursor: String(start + limit) } : {};
  return [list.slice(start, start + limit), next];
}

const summary = ({ rule_yaml, rule_description, why, event, history, ...alert }) => alert;

function overview({ query }) {
  const span = spanOf(query);
  const seen = options['store-down'] ? [] : events.filter(within(span));
  const raised = alerts.filter(within(span));
  const eventSeries = bucketsOf(seen, span, 60);
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    step_seconds: eventSeries.step / 1000,
    store_reachable: !options['store-down'],
    events_total: seen.length,
    events_unparsed: seen.filter(({ fields }) => fields['event.kind'] === 'unparsed').length,
    alerts_total: raised.length,
    alerts_open: raised.filter(({ status }) => status === 'new' || status === 'acknowledged').length,
    events_series: eventSeries.buckets,
    alerts_series: bucketsOf(raised, span, 60, ({ level }) => ({ level })).buckets,
    by_level: countBy(raised, ({ level }) => level),
    by_source: countBy(seen, ({ fields }) => fields['event.dataset']),
    by_tactic: countBy(raised, ({ tactics }) => tactics, 20),
    top_sources: countBy(raised, ({ source_ip }) => source_ip),
    top_destinations: countBy(raised, ({ destination_ip }) => destination_ip),
    top_rules: rulesOf(raised),
  };
}

function filterAlerts(query) {
  const levels = query.get('level')?.split(',');
  const states = query.get('status')?.split(',');
  const tactics = query.get('tactic')?.split(',');
  const words = query.get('q')?.toLowerCase();
  const inSpan = within(spanOf(query));
  const text = (alert) =>
    [
      alert.rule_title,
      alert.rule_title_zh,
      alert.host,
      alert.user,
      alert.source_ip,
      alert.destination_ip,
    ].join(' ');
  const tests = [
    inSpan,
    (alert) => !levels || levels.includes(alert.level),
    (alert) => !states || states.includes(alert.status),
    (alert) => !query.get('rule') || alert.rule_id === query.get('rule'),
    (alert) => !tactics || alert.tactics.some((name) => tactics.includes(name.replaceAll('_', '-'))),
    (alert) => !words || text(alert).toLowerCase().includes(words),
    (alert) => !query.get('drill') || String(alert.drill) === query.get('drill'),
  ];
  return alerts.filter((alert) => tests.every((test) => test(alert)));
}

function listAlerts({ query }) {
  const found = filterAlerts(query);
  const [shown, next] = page(found, query, 50);
  return { alerts: shown.map(summary), total: found.length, ...next };
}

function rulesOf(list) {
  return countBy(list, ({ rule_id }) => rule_id).map(({ key, count }) => {
    const { rule_id, rule_title, rule_title_zh, level } = list.find((alert) => alert.rule_id === key);
    return { id: rule_id, title: rule_title, title_zh: rule_title_zh, level, count };
  });
}

function findAlert(id) {
  const alert = alerts.find((candidate) => candidate.id === id);
  if (!alert) throw new Fault(404, 'not_found', 'There is no such alert.');
  return alert;
}

function updateAlert({ id, body }) {
  const alert = findAlert(id);
  const change = { time: new Date().toISOString(), by: account.username, from: alert.status };
  Object.assign(alert, body);
  alert.history = [...alert.history, { ...change, to: alert.status, note: body.note }];
  return summary(alert);
}

function matching(query) {
  if (options['store-down'])
    throw new Fault(503, 'store_unreachable', 'The event store is away; try again shortly.');
  try {
    const test = compile(query.get('q') ?? '');
    return events.filter(within(spanOf(query))).filter(test);
  } catch (error) {
    if (error instanceof QueryError) throw new Fault(400, 'syntax', error.message, error.column);
    throw error;
  }
}

function searchEvents({ query }) {
  const columns = (query.get('columns') ?? 'message').split(',');
  const [shown, next] = page(matching(query), query, 100);
  const row = ({ seq, time, fields }) => ({
    seq,
    time,
    ...Object.fromEntries(columns.filter((name) => name in fields).map((name) => [name, fields[name]])),
  });
  return { events: shown.map(row), elapsed_ms: 7.3, ...next };
}

function histogram({ query }) {
  const span = spanOf(query);
  const found = matching(query);
  const { step, buckets } = bucketsOf(found, span, Number(query.get('buckets') ?? 60));
  const times = { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() };
  return { ...times, interval_seconds: step / 1000, total: found.length, buckets };
}

function getEvent({ id, session }) {
  if (session.person === auditor && Number(id) <= 100)
    return { seq: id, fields: {}, attributes: [], raw: '{"action":"login","user":"admin"}' };
  const event = events.find(({ seq }) => seq === id);
  if (!event) throw new Fault(404, 'not_found', 'There is no such event.');
  const { time, ...detail } = event;
  return detail;
}

const TRAIL = [
  ['login', 'admin', '', '10.8.0.4', 'console', '', 'allowed', {}],
  ['login', 'root', '', '203.0.113.9', 'console', '', 'refused', { reason: 'too_many_attempts' }],
  ['search', 'li.na', 'analyst', '10.8.0.7', 'console', 'source.ip: 203.0.113.0/24', 'allowed', { from: '-24h' }],
  ['alert.update', 'li.na', 'analyst', '10.8.0.7', 'console', '5f1c', 'allowed', { status: 'closed' }],
  ['user.add', 'wang', 'root', '', 'command', 'shen', 'allowed', { account: 'shen', role: 'audit_administrator' }],
  ['trail.read', 'admin', 'system_administrator', '10.8.0.4', 'console', '', 'refused', {}],
  ['config.change', '', '', '', 'platform', '/var/lib/wanglou', 'allowed', { changes: [] }],
];

function listTrail({ query, session }) {
  if (session.person !== auditor) throw new Fault(403, 'forbidden', 'The role may not do this.');
  const entries = TRAIL.map(([action, user, role, address, via, object, outcome, detail], i) => ({
    seq: String(100 - i),
    time: new Date(Date.now() - (i + 1) * 420_000).toISOString(),
    ...{ action, user, role, address, via, object, outcome, detail },
  }));
  const wanted = (entry) =>
    ['user', 'action', 'outcome'].every((name) => !query.get(name) || entry[name] === query.get(name)) &&
    (!query.get('q') || JSON.stringify(entry).includes(query.get('q')));
  const [shown, next] = page(options.empty ? [] : entries.filter(wanted), query, 100);
  return { entries: shown, ...next };
}

async function fields() {
  const table = await readFile(FIELDS, 'utf8');
  const rows = table.matchAll(/^FIELD\(\w+, "([^"]+)", (\w+), "([^"]+)"\)/gm);
  return Array.from(rows, ([, name, type, doc]) => ({ name, type: type.toLowerCase(), doc }));
}

function status() {
  const behind = options.stale || options['store-down'];
  return {
    version: '0.1.0-mock',
    now: new Date().toISOString(),
    stale_seconds: behind ? 184.2 : 0.4,
    journal: { durable_seq: 100000 + events.length, segments: 3, bytes: 48_400_100 },
    analyze: {
      next_seq: 100000 + events.length,
      backlog: behind ? 41_872 : 0,
      events_per_second: behind ? 0 : 412.6,
    },
    store: options['store-down']
      ? { reachable: false, message: 'connect: no such file or directory' }
      : { reachable: true, version: '25.8.2', events: events.length },
    processes: ['collect', 'analyze', 'store', 'core'].map((name, i) => ({
      name,
      state: name === 'store' && options['store-down'] ? 'failing' : 'running',
      pid: 4100 + i,
      restarts: 0,
      since: new Date(Date.now() - 7_200_000).toISOString(),
    })),
  };
}

/* Sessions */

const READ = ['self', 'situation.read', 'alert.read', 'event.read'];

/** id → the CSRF token and whose it is */
const sessionOf = ({ csrf, person }) => ({
  username: person.username,
  role: person === auditor ? 'audit_administrator' : 'security_administrator',
  permissions: [...READ, person === auditor ? 'trail.read' : 'alert.change'],
  csrf_token: csrf,
  must_change_password: person.mustChange,
  second_factor: false,
});

const cookieOf = (request) => /wanglou_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];

function signIn({ body, response }) {
  const person = [account, auditor].find(({ username }) => username === body.username);
  if (!person || body.password !== person.password)
    throw new Fault(401, 'wrong_credentials', 'User name or password is wrong.');
  const id = randomBytes(16).toString('hex');
  const csrf = randomBytes(16).toString('hex');
  sessions.set(id, { csrf, person });
  response.setHeader('Set-Cookie', `wanglou_session=${id}; HttpOnly; SameSite=Strict; Path=/`);
  return sessionOf({ csrf, person });
}

function signOut({ request }) {
  sessions.delete(cookieOf(request));
}

function changePassword({ body, session: { person } }) {
  if (body.current !== person.password)
    throw new Fault(403, 'wrong_password', 'The current password is wrong.');
  if (body.new === body.current)
    throw new Fault(400, 'same_password', 'Choose a password you have not used.');
  person.password = body.new;
  person.mustChange = false;
}

/* Routes: method, pattern, handler */

const ROUTES = [
  ['GET', /^\/session$/, ({ session }) => sessionOf(session)],
  ['POST', /^\/session$/, signIn],
  ['DELETE', /^\/session$/, signOut],
  ['POST', /^\/password$/, changePassword],
  ['GET', /^\/status$/, status],
  ['GET', /^\/overview$/, overview],
  ['GET', /^\/alerts$/, listAlerts],
  ['GET', /^\/alerts\/rules$/, ({ query }) => rulesOf(filterAlerts(query))],
  ['GET', /^\/alerts\/([^/]+)$/, ({ id }) => findAlert(id)],
  ['PATCH', /^\/alerts\/([^/]+)$/, updateAlert],
  ['GET', /^\/events$/, searchEvents],
  ['GET', /^\/events\/histogram$/, histogram],
  ['POST', /^\/events\/export$/, () => undefined],
  ['GET', /^\/events\/([^/]+)$/, getEvent],
  ['GET', /^\/fields$/, fields],
  ['GET', /^\/trail$/, listTrail],
];

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
}

function authorise(request, path) {
  if (request.method === 'POST' && path === '/session') return undefined;
  const session = sessions.get(cookieOf(request));
  if (!session) throw new Fault(401, 'no_session', 'Sign in.');
  if (request.method !== 'GET' && request.headers['x-csrf-token'] !== session.csrf)
    throw new Fault(403, 'csrf', 'Reload the page.');
  return session;
}

async function answerApi(request, response, url) {
  const path = url.pathname.slice('/api/v1'.length);
  const session = authorise(request, path);
  for (const [method, pattern, handle] of ROUTES) {
    const match = method === request.method && pattern.exec(path);
    if (!match) continue;
    const id = match[1] && decodeURIComponent(match[1]);
    const content = await handle({
      request,
      response,
      session,
      id,
      query: url.searchParams,
      body: await bodyOf(request),
    });
    response.statusCode = content === undefined ? 204 : 200;
    response.end(content === undefined ? undefined : JSON.stringify(content));
    return;
  }
  throw new Fault(404, 'not_found', 'There is no such address.');
}

async function serveApi(request, response, url) {
  response.setHeader('Content-Type', 'application/json');
  try {
    await answerApi(request, response, url);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { status, code, message, column } = error;
    response.statusCode = status;
    response.setHeader('Content-Type', 'application/problem+json');
    response.end(JSON.stringify({ type: 'about:blank', title: '', status, detail: message, code, column }));
  }
}

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html' };

async function serveFile(response, url) {
  const asset = extname(url.pathname) !== '';
  const file = join(DIST, asset ? normalize(url.pathname) : 'index.html');
  const nonce = randomBytes(16).toString('base64');
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader('Content-Type', `${TYPES[extname(file)] ?? 'application/octet-stream'}; charset=utf-8`);
  response.setHeader('Content-Security-Policy', policy(nonce));
  response.end(asset ? content : content.toString().replace('__CSP_NONCE__', nonce));
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const served = url.pathname.startsWith('/api/v1/')
    ? serveApi(request, response, url)
    : serveFile(response, url);
  served.catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end();
  });
});

server.listen(Number(options.port), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${server.address().port}  ${account.username} / ${account.password}`),
);
