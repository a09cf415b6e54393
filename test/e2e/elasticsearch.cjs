// SPDX-License-Identifier: Apache-2.0
// Elasticsearch's own JavaScript client against the bulk interface at $INGEST_URL, with the token $INGEST_TOKEN.
// test-elasticsearch starts the program, runs this and looks at what is stored.
'use strict'
const assert = require('node:assert/strict')
const { Client, errors } = require('@elastic/elasticsearch')

const { INGEST_URL: node, INGEST_TOKEN: TOKEN } = process.env
const DOCUMENTS = 5000

const document = i => ({ '@timestamp': '2026-03-01T08:00:00Z', message: `望楼 line ${i}`, line_id: `campus-${i}` })

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
    datasource: [{ line_id: 'mixed-1' }, { large: 'x'.repeat(1024 * 1024) }, { line_id: 'mixed-2' }],
    onDocument: () => ({ index: { _index: 'mixed' } }),
    onDrop: drop => dropped.push(drop)
  })
  assert.equal(result.successful, 2)
  assert.equal(dropped.length, 1)
  assert.equal(dropped[0].status, 413)

  const answer = await client.bulk({
    operations: [{ delete: { _index: 'mixed', _id: '1' } }, { index: { _index: 'mixed', _id: '2' } }, { line_id: 'mixed-3' }]
  })
  assert.equal(answer.errors, true)
  assert.equal(answer.items[0].delete.status, 400)
  assert.equal(answer.items[1].index.status, 201)
  assert.equal(answer.items[1].index._id, '2')
}

async function refuseStrangers () {
  const stranger = new Client({ node, auth: { username: 'elastic', password: 'wrong-password' } })
  await assert.rejects(stranger.info(), e => e instanceof errors.ResponseError && e.statusCode === 401)
}

async function main () {
  const byPassword = new Client({ node, compression: true, auth: { username: 'filebeat', password: TOKEN } })
  const byKey = new Client({ node, auth: { apiKey: { id: 'any', api_key: TOKEN } } })

  await setUpAsShippersDo(byPassword)
  await sendManyWithTheHelper(byPassword)
  await failItemsAlone(byKey)
  await refuseStrangers()
  console.log(`${DOCUMENTS + 3} documents sent`)
}

main().catch(e => {
  console.error(e)
  process.exit(1)
})
