// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from 'vitest';
import type { Status } from '../src/api/types';
import { healthOf } from '../src/lib/health';
import { isForUs } from '../src/lib/hotkeys';

const status = (more: Partial<Status> = {}): Status => ({
  version: '1',
  now: '2026-03-01T00:00:00Z',
  stale_seconds: 0,
  journal: { durable_seq: 1, segments: 1, bytes: 1 },
  analyze: { next_seq: 1, backlog: 0, events_per_second: 0 },
  store: { reachable: true },
  processes: [{ name: 'core', state: 'running', restarts: 0 }],
  ...more,
});

describe('health in one word', () => {
  it.each([
    ['good', status()],
    ['good', status({ stale_seconds: 29.9 })],
    ['good', status({ processes: [{ name: 'store', state: 'starting', restarts: 1 }] })],
    ['behind', status({ stale_seconds: 30 })],
    ['bad', status({ store: { reachable: false } })],
    ['bad', status({ processes: [{ name: 'store', state: 'failing', restarts: 9 }] })],
    ['unknown', undefined],
  ])('%s', (word, known) => {
    expect(healthOf(known, false)).toBe(word);
  });

  it('is bad where nobody answers', () => {
    expect(healthOf(status(), true)).toBe('bad');
  });
});

describe('a key', () => {
  const press = (target: Element, more: KeyboardEventInit = {}) => {
    document.body.append(target);
    const event = new KeyboardEvent('keydown', { key: 'j', bubbles: true, ...more });
    target.dispatchEvent(event);
    return event;
  };

  afterEach(() => document.body.replaceChildren());

  it('is a shortcut anywhere but where one types', () => {
    expect(isForUs(press(document.createElement('div')))).toBe(true);
    for (const name of ['input', 'textarea', 'select'])
      expect(isForUs(press(document.createElement(name))), name).toBe(false);
  });

  it('is not ours with a modifier or while an input method composes', () => {
    const element = document.createElement('div');
    expect(isForUs(press(element, { ctrlKey: true }))).toBe(false);
    expect(isForUs(press(element, { metaKey: true }))).toBe(false);
    expect(isForUs(press(element, { isComposing: true }))).toBe(false);
  });
});
