// SPDX-License-Identifier: Apache-2.0
// Starts collect_probe and gathers what it prints: its ports, then records, then counters.
'use strict'
const { spawn } = require('node:child_process')
const path = require('node:path')
const readline = require('node:readline')

const program = process.env.COLLECT_PROBE ||
  path.join(__dirname, '../../build/test/unit/collect/collect_probe')

async function startProbe (...tokens) {
  const child = spawn(program, tokens, { stdio: ['ignore', 'pipe', 'inherit'] })
  const probe = { records: [], stats: {} }
  let confirm = () => {}
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => code === 0 ? resolve() : reject(new Error(`probe: ${code ?? signal}`)))
  })

  probe.ports = await new Promise((resolve, reject) => {
    let first = true
    ended.catch(reject)
    readline.createInterface({ input: child.stdout }).on('line', line => {
      const value = JSON.parse(line)
      if (first) resolve(value)
      else if ('refusing' in value) confirm()
      else if (value.stats) probe.stats[value.stats] = value
      else probe.records.push(value)
      first = false
    })
  })
  const tell = signal => new Promise(resolve => {
    confirm = resolve
    child.kill(signal)
  })
  probe.refuse = () => tell('SIGUSR1')
  probe.take = () => tell('SIGUSR2')
  probe.stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  return probe
}

// Resolves once condition() holds; rejects with what() after a minute.
async function until (condition, what) {
  for (const end = Date.now() + 60000; !condition();) {
    if (Date.now() > end) throw new Error(what())
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

module.exports = { startProbe, until }
