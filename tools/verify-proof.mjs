// SPDX-License-Identifier: Apache-2.0
// node verify-proof.mjs PROOF.json: checks what 'wanglou audit prove' and 'audit consistency' print (RFC 9162, 2.1.3.2, 2.1.4.2).
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
const bytes = text => Buffer.from(text, 'base64')
const hash = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const node = (left, right) => hash(Buffer.of(1), left, right)
const p = JSON.parse(readFileSync(process.argv[2])), tree = p.second ?? p, path = p.path.map(bytes), root = bytes(tree.root)
const signs = t => !t.head || (t.head.split('\n')[0] === p.origin && +t.head.split('\n')[1] === t.tree_size && t.head.split('\n')[2] === t.root)
let at = BigInt(p.first ? p.first.tree_size - 1 : p.leaf_index), last = BigInt(tree.tree_size - 1)
while (p.first && at & 1n) { at >>= 1n; last >>= 1n }
const start = !p.first ? (p.leaf === null ? bytes(p.leaf_hash) : hash(Buffer.of(0), bytes(p.leaf))) : at || !path.length ? path.shift() ?? bytes(p.first.root) : bytes(p.first.root)
let old = start, now = start, fine = signs(tree) && (!p.first || signs(p.first)) && at <= last
for (const next of path) {
	if (!last) fine = false
	if (at & 1n || at === last) { old = node(next, old); now = node(next, now); while (!(at & 1n) && at) { at >>= 1n; last >>= 1n } } else now = node(now, next)
	at >>= 1n; last >>= 1n
}
fine &&= now.equals(root) && (p.first ? old.equals(bytes(p.first.root)) && (p.first.tree_size === tree.tree_size || p.path.length > 0) && (!last || p.first.tree_size === tree.tree_size) : !last)
console.log(fine ? 'fine' : 'FALSE'), process.exit(fine ? 0 : 1)
