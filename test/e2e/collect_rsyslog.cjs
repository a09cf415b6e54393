// SPDX-License-Identifier: Apache-2.0
// Debian's rsyslogd sends a file of lines in every way it can: UDP, TCP with both framings, and the
// Elasticsearch output by bulk and one by one. Then it sends as many while the sink refuses for a moment (but
// not one by one: there it takes any answer for the end of the matter). Everything must arrive, in order where
// the way keeps it, exactly as it was. Needs a built collect_probe (its path in
// COLLECT_PROBE) and rsyslog with rsyslog-elasticsearch. Exits 0, 1 on a failure, 77 where they are missing.
'use strict'
const assert = require('node:assert/strict')
const { spawn, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { startProbe, until } = require('./probe.cjs')

const LINES = 3000
const WAYS = ['udp', 'counted', 'lines', 'bulk', 'single']
const TOKEN = 'a-token-for-rsyslog'
const RSYSLOGD = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find(fs.existsSync)
const OUTPUT = ['/usr/lib/x86_64-linux-gnu/rsyslog', '/usr/lib/aarch64-linux-gnu/rsyslog']
  .find(folder => fs.existsSync(path.join(folder, 'omelasticsearch.so')))

const line = i => `${i < LINES ? 'line' : 'late line'} ${i} of a campus log, with "quotes", \\ and 望楼 ${'.'.repeat(i % 200)}`

// A queue for each output, so that one that waits does not hold up the others.
const queue = 'queue.type="LinkedList" queue.size="20000" action.resumeRetryCount="-1" action.resumeInterval="1"'

const configuration = (folder, ports) => `
global(workDirectory="${folder}" maxMessageSize="16k")
module(load="imfile")
module(load="omelasticsearch")
input(type="imfile" File="${folder}/input.log" Tag="campus:" Severity="info" Facility="local0")
template(name="json" type="list") {
  constant(value="{\\"message\\":\\"") property(name="msg" format="jsonr") constant(value="\\"}")
}
action(type="omfwd" target="127.0.0.1" port="${ports.udp}" protocol="udp" template="RSYSLOG_SyslogProtocol23Format" ${queue})
action(type="omfwd" target="127.0.0.1" port="${ports.tcp}" protocol="tcp" TCP_Framing="octet-counted"
       template="RSYSLOG_SyslogProtocol23Format" ${queue})
action(type="omfwd" target="127.0.0.1" port="${ports.tcp}" protocol="tcp" TCP_Framing="traditional"
       template="RSYSLOG_TraditionalForwardFormat" ${queue})
action(type="omelasticsearch" server="127.0.0.1" serverport="${ports.http}" uid="rsyslog" pwd="${TOKEN}"
       bulkmode="on" retryfailures="on" retryruleset="again" ratelimit.burst="1000000"
       searchIndex="wanglou-bulk" searchType="" template="json" ${queue})
if not ($msg contains "late line") then {
  action(type="omelasticsearch" server="127.0.0.1" serverport="${ports.http}" uid="rsyslog" pwd="${TOKEN}"
         searchIndex="wanglou-single" template="json" ${queue})
}
ruleset(name="again" queue.type="LinkedList" queue.size="20000") {
  action(type="omelasticsearch" server="127.0.0.1" serverport="${ports.http}" uid="rsyslog" pwd="${TOKEN}"
         bulkmode="on" retryfailures="on" retryruleset="again" ratelimit.burst="1000000"
         searchIndex="wanglou-bulk" searchType="" template="json" ${queue})
}
`

// Which of the five ways a record came by.
function wayOf (record) {
  if (record.listener === 'syslog-udp') return 'udp'
  if (record.listener === 'syslog-tcp') return /^<\d+>1 /.test(record.bytes) ? 'counted' : 'lines'
  return record.hint
}

// Each expression takes off what stands before the line itself.
const heads = {
  udp: /^<134>1 \S+ \S+ campus - - -\s/,
  counted: /^<134>1 \S+ \S+ campus - - -\s/,
  lines: /^<134>\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ campus:\s?/
}

function messageOf (record, way) {
  if (!heads[way]) return JSON.parse(record.bytes).message.replace(/^ /, '')
  assert.match(record.bytes, heads[way])
  return record.bytes.replace(heads[way], '').replace(/^ /, '')
}

function check (records) {
  const all = Array.from({ length: 2 * LINES }, (_, i) => line(i))
  const ways = group(records)

  for (const way of WAYS) {
    const expected = way === 'single' ? all.slice(0, LINES) : all
    const received = ways[way].map(record => messageOf(record, way))
    if (heads[way]) assert.deepEqual(received, expected, way)
    // Workers of one output may overtake each other, and what was refused comes late.
    else assert.deepEqual([...received].sort(), [...expected].sort(), way)
    console.log(`${way}: ${received.length} records`)
  }
}

function group (records) {
  const groups = Object.fromEntries(WAYS.map(way => [way, []]))
  for (const record of records) groups[wayOf(record)].push(record)
  return groups
}

// Resolves once every way has brought as many records; the one by one way stops at LINES.
function arrived (probe, count) {
  const counts = () => Object.entries(group(probe.records)).map(([way, list]) => [way, list.length])
  return until(() => counts().every(([way, n]) => n >= (way === 'single' ? LINES : count)), () => JSON.stringify(counts()))
}

function writeLines (file, from, to) {
  fs.appendFileSync(file, Array.from({ length: to - from }, (_, i) => line(from + i) + '\n').join(''))
}

function startRsyslog (folder) {
  const file = path.join(folder, 'rsyslog.conf')
  const verdict = spawnSync(RSYSLOGD, ['-N1', '-f', file], { encoding: 'utf8' })
  assert.equal(verdict.status, 0, verdict.stderr)
  return spawn(RSYSLOGD, ['-n', '-iNONE', '-f', file], { stdio: ['ignore', 'inherit', 'inherit'] })
}

async function main () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'collect-rsyslog-'))
  const input = path.join(folder, 'input.log')
  const probe = await startProbe(TOKEN)
  let rsyslog

  try {
    fs.writeFileSync(path.join(folder, 'rsyslog.conf'), configuration(folder, probe.ports))
    writeLines(input, 0, LINES)
    rsyslog = startRsyslog(folder)
    await arrived(probe, LINES)
    await probe.refuse()
    writeLines(input, LINES, 2 * LINES)
    await new Promise(resolve => setTimeout(resolve, 500))
    await probe.take()
    await arrived(probe, 2 * LINES)
  } finally {
    rsyslog?.kill('SIGTERM')
    await probe.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
  check(probe.records)
  assert.equal(probe.stats['syslog-udp'].dropped, 0)
}

if (!RSYSLOGD || !OUTPUT) {
  console.error('skipped: install rsyslog and rsyslog-elasticsearch')
  process.exit(77)
}
main().catch(e => {
  console.error(e)
  process.exit(1)
})
