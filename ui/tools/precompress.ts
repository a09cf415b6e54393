// SPDX-License-Identifier: Apache-2.0
// Puts NAME.gz beside every asset that gets smaller by it. The server sends it to whoever takes gzip.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const SUFFIXES = /\.(js|css|svg|json)$/;
const FOLDER = 'assets';

const pack = promisify(gzip);

async function precompressFile(path: string): Promise<void> {
  const content = await readFile(path);
  const packed = await pack(content, { level: constants.Z_BEST_COMPRESSION });
  if (packed.length < content.length) await writeFile(`${path}.gz`, packed);
}

export const precompress: Plugin = {
  name: 'precompress',
  apply: 'build',
  async writeBundle({ dir }) {
    const folder = join(dir ?? '', FOLDER);
    const names = await readdir(folder);
    const paths = names.filter((name) => SUFFIXES.test(name)).map((name) => join(folder, name));
    await Promise.all(paths.map(precompressFile));
  },
};
