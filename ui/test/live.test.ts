// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waysBack } from '../src/api/alert-queries';
import { findNew, renewRows } from '../src/lib/fresh';
import {
  FIRST_PAUSE_MS,
  gather,
  type Hint,
  holdStream,
  LONGEST_PAUSE_MS,
  nextPause,
  readTopics,
  withMadeOf,
} from '../src/lib/live';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a hint', () => {
  it('names topics, and stands for everything where it cannot be read', () => {
    expect(readTopics('{"topics":["alerts","incidents"]}')).toEqual(['alerts', 'incidents']);
    expect(readTopics('{"topics":[1,"alerts"]}')).toEqual(['alerts']);
    expect(readTopics('{}')).toBe('everything');
    expect(readTopics('no JSON')).toBe('everything');
  });

  it('means what is made of the topic, too', () => {
    expect([...withMadeOf(['alerts', 'views'])].sort()).toEqual(['alerts', 'overview', 'views']);
  });
});

describe('hints together', () => {
  it('are passed on at once, and then now and then', () => {
    const passed: Hint[] = [];
    const hints = gather((hint) => passed.push(hint), 2000, () => false);
    hints.add(['alerts']);
    vi.advanceTimersByTime(0);
    expect(passed).toEqual([['alerts']]);
    hints.add(['alerts']);
    hints.add(['incidents', 'alerts']);
    vi.advanceTimersByTime(1999);
    expect(passed).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(passed[1]).toEqual(['alerts', 'incidents']);
    vi.advanceTimersByTime(60_000);
    expect(passed).toHaveLength(2);
  });

  it('wait while nobody looks, and are all one where one of them is everything', () => {
    const passed: Hint[] = [];
    let hidden = true;
    const hints = gather((hint) => passed.push(hint), 2000, () => hidden);
    hints.add(['alerts']);
    hints.add('everything');
    vi.advanceTimersByTime(60_000);
    expect(passed).toEqual([]);
    hidden = false;
    hints.plan();
    vi.advanceTimersByTime(0);
    expect(passed).toEqual(['everything']);
  });
});

class Source extends EventTarget {
  static all: Source[] = [];
  onerror?: () => void;
  closed = false;
  constructor(readonly url: string) {
    super();
    Source.all.push(this);
  }
  close() {
    this.closed = true;
  }
  say(event: string, data = '{}') {
    this.dispatchEvent(new MessageEvent(event, { data }));
  }
}

describe('the stream', () => {
  const open = () => {
    Source.all = [];
    vi.stubGlobal('EventSource', Source);
    const heard: unknown[] = [];
    const close = holdStream('/stream', {
      onHint: (hint) => heard.push(hint),
      onState: (state) => heard.push(state),
      onEnd: () => heard.push('end'),
    });
    return { heard, close };
  };
  const newest = () => Source.all.at(-1) as Source;

  it('tells of everything when it begins, then of what has changed', () => {
    const { heard, close } = open();
    newest().say('ready', '{"topics":["alerts"]}');
    newest().say('changed', '{"topics":["alerts"]}');
    expect(heard).toEqual(['live', 'everything', ['alerts']]);
    close();
    expect(newest().closed).toBe(true);
  });

  it('is opened again where it broke, ever more seldom', () => {
    const { heard } = open();
    const pauses: number[] = [];
    for (let i = 0; i < 9; i++) {
      const before = Source.all.length;
      newest().onerror?.();
      const began = Date.now();
      while (Source.all.length === before) vi.advanceTimersByTime(100);
      pauses.push(Date.now() - began);
    }
    expect(heard.every((word) => word === 'polling')).toBe(true);
    expect(pauses[0]).toBeLessThan(4 * FIRST_PAUSE_MS);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1.25 * LONGEST_PAUSE_MS + 100);
    expect(pauses.at(-1)).toBeGreaterThan(0.7 * LONGEST_PAUSE_MS);
    expect(Source.all.slice(0, -1).every(({ closed }) => closed)).toBe(true);
    newest().say('ready');
    expect(heard.slice(-2)).toEqual(['live', 'everything']);
  });

  it('is over with the session, and is not opened again', () => {
    const { heard } = open();
    newest().say('ready');
    newest().say('end');
    vi.advanceTimersByTime(300_000);
    expect(heard.at(-1)).toBe('end');
    expect(Source.all).toHaveLength(1);
    expect(newest().closed).toBe(true);
  });

  it('waits no longer than it should', () => {
    expect(nextPause(1000, 0.5)).toBe(2000);
    expect(nextPause(1_000_000, 1)).toBe(1.25 * LONGEST_PAUSE_MS);
  });
});

describe('what is new in a list', () => {
  const rows = (text: string) => [...text].map((id) => ({ id }));
  const ids = (list: { id: string }[]) => list.map(({ id }) => id).join('');

  it('stands above what is shown', () => {
    expect(ids(findNew(rows('cba'), rows('edcba'), true))).toBe('ed');
    expect(ids(findNew(rows('cba'), rows('edcb'), false))).toBe('ed');
    expect(ids(findNew(rows('dba'), rows('dcba'), false))).toBe('c');
  });

  it('is not what came up from the next page because others went', () => {
    expect(ids(findNew(rows('dcb'), rows('dba'), false))).toBe('');
    expect(ids(findNew(rows('dcb'), rows('dba'), true))).toBe('a');
  });

  it('is all of it where nothing shown is left', () => {
    expect(ids(findNew(rows('cba'), rows('zyx'), false))).toBe('zyx');
    expect(ids(findNew([], rows('zyx'), true))).toBe('zyx');
  });

  it('leaves rows where they stand, as they are by now', () => {
    const shown = [
      { id: 'a', status: 'new' },
      { id: 'b', status: 'new' },
    ];
    expect(renewRows(shown, [{ id: 'b', status: 'closed' }])).toEqual([
      { id: 'a', status: 'new' },
      { id: 'b', status: 'closed' },
    ]);
  });
});

it('takes a decision back by what was before', () => {
  expect(
    waysBack([
      { id: '1', before: { status: 'new' } },
      { id: '2', before: { status: 'acknowledged' } },
      { id: '3', before: { status: 'new' } },
    ]),
  ).toEqual([
    { ids: ['1', '3'], decision: { status: 'new' } },
    { ids: ['2'], decision: { status: 'acknowledged' } },
  ]);
});
