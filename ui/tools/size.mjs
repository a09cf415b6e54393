// SPDX-License-Identifier: Apache-2.0
// Prints what each page makes the browser load, compressed, and fails where what comes first is more than it may be.
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** Of everything before the first page, in bytes. */
const FIRST_MOST = 500_000;
const DIST = join(tmpdir(), `wanglou-size-${process.pid}`);

function collect(manifest, name, files = new Set()) {
  const { file, css = [], imports = [] } = manifest[name];
  if (files.has(file)) return files;
  for (const path of [file, ...css]) files.add(path);
  for (const path of imports) collect(manifest, path, files);
  return files;
}

const gzipped = async (file) => gzipSync(await readFile(join(DIST, file))).length;
const kb = (bytes) => `${Math.round(bytes / 1000)} kB`.padStart(8);

async function sizeOf(manifest, entries) {
  const files = new Set(entries.flatMap((entry) => [...collect(manifest, entry)]));
  const sizes = await Promise.all([...files].map(gzipped));
  return sizes.reduce((sum, size) => sum + size, 0);
}

try {
  await build({ logLevel: 'error', build: { manifest: true, outDir: DIST, emptyOutDir: true } });
  const manifest = JSON.parse(await readFile(join(DIST, '.vite/manifest.json'), 'utf8'));
  const first = await sizeOf(manifest, ['index.html', 'src/pages/shell.tsx', 'src/locales/zh-CN/index.ts']);
  console.log(`${kb(first)} first: the frame and its words (at most ${FIRST_MOST / 1000} kB)`);
  console.log(`${kb(await sizeOf(manifest, ['reply.html']))} a unit's link`);
  for (const page of Object.keys(manifest).filter((name) => name.startsWith('src/pages/') && manifest[name].isDynamicEntry))
    console.log(`${kb((await sizeOf(manifest, ['index.html', page])) - (await sizeOf(manifest, ['index.html'])))} more for ${page}`);
  if (first > FIRST_MOST) process.exitCode = 1;
} finally {
  await rm(DIST, { recursive: true, force: true });
}
