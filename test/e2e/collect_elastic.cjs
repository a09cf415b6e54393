// SPDX-License-Identifier: Apache-2.0
// Elasticsearch's own JavaScript client against the bulk interface. Needs a built collect_probe (its path in
// COLLECT_PROBE) and `npm install` in this folder. Exits 0, 1 on a failure, 77 where the client is not there.
'use strict'
const assert = require('node:assert/strict')
const { startProbe } = require('./probe.cjs')

let Client, errors
try {
  ({ Client, errors } = require('@elastic/elasticsearch'))
} catch {
  console.error('skipped: run npm install in test/e2e')
  process.exit(77)
}

const TOKEN = 'a-token-for-shippers'
const DOCUMENTS = 5000

const document = i => ({ '@timestamp': '2026-03-01T08:00:00Z', message: `望楼 line ${i}`, 'event.sequence': i })

async function setUpAsShippersDo (client) {
  const info = await client.info()
  assert.match(info.version.number, /^[89]\./)
  assert.equal(info.tagline, 'You Know, for Search')
  assert.equal(await client.ping(), true)
  assert.equal((await client.license.get()).license.status, 'active')
  assert.equal((await client.cluster.health()).status, 'green')
  assert.ok((await client.nodes.info({ metric: 'ingest' })).nodes)
  await client.ilm.getLifecycle({ name: 'filebeat' })
  const calls = [
    client.ilm.putLifecycle({ name: 'filebeat', policy: { phases: {} } }),
    client.indices.putIndexTemplate({ name: 'filebeat-8.19.0', index_patterns: ['filebeat-*'] }),
    client.indices.putTemplate({ name: 'old', index_patterns: ['old-*'] }),
    client.ingest.putPipeline({ id: 'filebeat-nginx', processors: [] }),
    client.indices.createDataStream({ name: 'filebeat-8.19.0' }),
    client.indices.create({ index: 'filebeat-000001' })
  ]
  for (const answer of await Promise.all(calls)) assert.equal(answer.acknowledged, true)
  assert.equal(await client.indices.existsIndexTemplate({ name: 'filebeat-8.19.0' }), true)
  assert.equal(await client.indices.exists({ index: 'filebeat-000001' }), true)
}

async function sendManyWithTheHelper (client) {
  const result = await client.helpers.bulk({
    datasource: Array.from({ length: DOCUMENTS }, (_, i) => document(i)),
    onDocument: () => ({ create: { _index: 'wanglou-campus' } }),
    flushBytes: 20000,
    concurrency: 4,
    onDrop: drop => assert.fail(JSON.stringify(drop))
  })
  assert.equal(result.successful, DOCUMENTS)
  assert.equal(result.failed, 0)
}

async function failItemsAlone (client) {
  const dropped = []
  const result = await client.helpers.bulk({
    datasource: [{ small: 1 }, { large: 'x'.repeat(1024 * 1024) }, { small: 2 }],
    onDocument: () => ({ index: { _index: 'mixed' } }),
    onDrop: drop => dropped.push(drop)
  })
  assert.equal(result.successful, 2)
  assert.equal(dropped.length, 1)
  assert.equal(dropped[0].status, 413)

  const answer = await client.bulk({
    operations: [{ delete: { _index: 'mixed', _id: '1' } }, { index: { _index: 'mixed', _id: '2' } }, { small: 3 }]
  })
  assert.equal(answer.errors, true)
  assert.equal(answer.items[0].delete.status, 400)
  assert.equal(answer.items[1].index.status, 201)
  assert.equal(answer.items[1].index._id, '2')
}

async function sendAgainAfterARefusal (client, probe) {
  const send = () => client.index({ index: 'late', document: { late: true } }, { maxRetries: 0 })
  await probe.refuse()
  await assert.rejects(send(), e => e.statusCode === 503 && e.meta.headers['retry-after'] === '10')
  await probe.take()
  assert.equal((await send()).result, 'created')
}

async function refuseStrangers (node) {
  const stranger = new Client({ node, auth: { username: 'elastic', password: 'wrong-password' } })
  await assert.rejects(stranger.info(), e => e instanceof errors.ResponseError && e.statusCode === 401)
}

function checkRecords (records) {
  const campus = records.filter(r => r.hint === 'campus').map(r => JSON.parse(r.bytes))
  campus.sort((a, b) => a['event.sequence'] - b['event.sequence'])
  assert.equal(campus.length, DOCUMENTS)
  campus.forEach((received, i) => assert.deepEqual(received, document(i)))
  assert.equal(records.filter(r => r.hint === 'mixed').length, 3)
  assert.deepEqual(records.filter(r => r.hint === 'late').map(r => r.bytes), ['{"late":true}'])
  assert.ok(records.every(r => r.listener === 'http-bulk' && r.peer === '127.0.0.1'))
}

async function main () {
  const probe = await startProbe(TOKEN)
  const node = `http://127.0.0.1:${probe.ports.http}`
  const byPassword = new Client({ node, compression: true, auth: { username: 'filebeat', password: TOKEN } })
  const byKey = new Client({ node, auth: { apiKey: { id: 'any', api_key: TOKEN } } })

  try {
    await setUpAsShippersDo(byPassword)
    await sendManyWithTheHelper(byPassword)
    await failItemsAlone(byKey)
    await sendAgainAfterARefusal(byKey, probe)
    await refuseStrangers(node)
  } finally {
    await probe.stop()
  }
  checkRecords(probe.records)
  console.log(`${probe.records.length} records, all as sent`)
}

main().catch(e => {
  console.error(e)
  process.exit(1)
})
