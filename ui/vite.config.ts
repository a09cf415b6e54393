// SPDX-License-Identifier: Apache-2.0
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { precompress } from './tools/precompress.ts';
import { styleNonce } from './tools/style-nonce.ts';

const target = process.env.WANGLOU_URL ?? 'https://127.0.0.1:8443';

export default defineConfig({
  plugins: [react(), styleNonce, precompress],
  build: {
    // A polyfill would be an inline script, and inlined assets would need data: in the policy.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // reply.html: the page of a unit's link, which loads nothing of the console.
    rolldownOptions: { input: ['index.html', 'reply.html'] },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target, secure: false } } },
  test: { environment: 'happy-dom', include: ['test/**/*.test.{ts,tsx}'], testTimeout: 60_000 },
});
