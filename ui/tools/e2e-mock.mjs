// SPDX-License-Identifier: Apache-2.0
// Walks through the console against the mock server, as at a first start: `npm run build && npm run e2e`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const stdio = ['ignore', 'pipe', 'inherit'];

const server = spawn(process.execPath, [path('../mock/server.mjs'), '--port', '0', '--first-run'], { stdio });
const [line] = await once(server.stdout.setEncoding('utf8'), 'data');
const [url, , , password] = line.trim().split(/\s+/);
const env = { ...process.env, WANGLOU_URL: url, WANGLOU_PASSWORD: password, WANGLOU_AUDITOR: `shen:${password}` };
const walk = spawn(process.execPath, [path('../../test/e2e/console.mjs')], { stdio: 'inherit', env });
[process.exitCode] = await once(walk, 'exit');
server.kill();
