// SPDX-License-Identifier: Apache-2.0
// Prints what each page makes the browser load, compressed: `npm run build && npm run size`.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = new URL('../dist/', import.meta.url).pathname;
const manifest = JSON.parse(await readFile(join(DIST, '.vite/manifest.json'), 'utf8'));
const PAGES = {
  'sign in': ['index.html'],
  "a unit's link": ['reply.html'],
  overview: ['index.html', 'src/pages/overview/page.tsx', 'src/charts/chart.tsx'],
  alerts: ['index.html', 'src/pages/alerts/page.tsx'],
  events: ['index.html', 'src/pages/events/page.tsx', 'src/charts/chart.tsx'],
};

function collect(name, files = new Set()) {
  const { file, css = [], imports = [] } = manifest[name];
  if (files.has(file)) return files;
  for (const path of [file, ...css]) files.add(path);
  for (const path of imports) collect(path, files);
  return files;
}

const gzipped = async (file) => gzipSync(await readFile(join(DIST, file))).length;
const kb = (bytes) => `${Math.round(bytes / 1000)} kB`.padStart(8);

for (const [page, entries] of Object.entries(PAGES)) {
  const files = new Set(entries.flatMap((entry) => [...collect(entry)]));
  const sizes = await Promise.all([...files].map(gzipped));
  console.log(kb(sizes.reduce((sum, size) => sum + size, 0)), page);
}
const all = (await readdir(join(DIST, 'assets'))).filter((name) => !name.endsWith('.gz'));
const sizes = await Promise.all(all.map((file) => gzipped(join('assets', file))));
console.log(kb(sizes.reduce((sum, size) => sum + size, 0)), 'everything');
