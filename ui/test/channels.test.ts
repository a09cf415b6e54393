// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Channel } from '../src/api/admin-queries';
import { CHANNEL_TYPES, healthOfChannel, SNIPPETS } from '../src/lib/channels';

const channel = (part: Partial<Channel>): Channel => ({
  name: 'x',
  type: 'webhook',
  needs_receiver: false,
  kinds: [],
  ...part,
});
const early = '2026-11-23T00:00:00Z';
const late = '2026-11-23T01:00:00Z';

describe('the health of a channel', () => {
  it('is that of what came last', () => {
    expect(healthOfChannel(channel({}))).toBe('untried');
    expect(healthOfChannel(channel({ sent: late, failed: early }))).toBe('good');
    expect(healthOfChannel(channel({ sent: early, failed: late }))).toBe('bad');
  });

  it('is bad where a message waits because it was refused', () => {
    expect(healthOfChannel(channel({ waiting: 1 }))).toBe('waiting');
    expect(healthOfChannel(channel({ waiting: 1, error: 'no route' }))).toBe('bad');
    expect(healthOfChannel(channel({ sent: late, waiting: 1, error: 'timeout' }))).toBe('bad');
  });

  it('is good again once it sent, whatever was the error', () => {
    expect(healthOfChannel(channel({ sent: late, error: 'timeout', waiting: 0 }))).toBe('good');
  });
});

describe('the pieces to copy', () => {
  it('are there for each type, and hold no secret', () => {
    for (const type of CHANNEL_TYPES) expect(SNIPPETS[type]).toMatch(/server|url/);
  });
});
