// SPDX-License-Identifier: Apache-2.0
// Hints from the server that something has changed (GET /stream). One page of the browser holds the stream and
// tells the others: a browser opens six connections to a server at most, and every page would take one of them.

export type LiveState = 'connecting' | 'live' | 'polling';

/** What was changed; 'everything' where it cannot be said, as after an interruption. */
export type Hint = readonly string[] | 'everything';

export interface LiveListener {
  onHint: (hint: Hint) => void;
  onState: (state: LiveState) => void;
  /** The session is over. */
  onEnd: () => void;
}

export const FIRST_PAUSE_MS = 1_000;
export const LONGEST_PAUSE_MS = 60_000;
export const POLL_MS = 10_000;
/** The server sends a comment every 15 s, which EventSource keeps to itself; the one who listens passes on that it does. */
const BEAT_MS = 15_000;
const DEAF_MS = 50_000;

const CHANNEL = 'wanglou.live';

/** Twice the pause before, and no two pages at the same moment. */
export const nextPause = (pause: number, random = Math.random()) =>
  Math.min(pause * 2, LONGEST_PAUSE_MS) * (0.75 + random / 2);

export function readTopics(data: string): Hint {
  try {
    const { topics } = JSON.parse(data) as { topics?: unknown };
    return Array.isArray(topics) ? topics.filter((name) => typeof name === 'string') : 'everything';
  } catch {
    return 'everything';
  }
}

/** Holds the stream, and opens it again where it broke. Returns how to close it. */
export function holdStream(url: string, { onHint, onState, onEnd }: LiveListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE_MS;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    source = new EventSource(url);
    source.addEventListener('ready', () => {
      pause = FIRST_PAUSE_MS;
      onState('live');
      onHint('everything');
    });
    source.addEventListener('changed', ({ data }) => onHint(readTopics(String(data))));
    source.addEventListener('end', () => {
      close();
      onEnd();
    });
    source.onerror = () => {
      close();
      onState('polling');
      pause = nextPause(pause);
      timer = setTimeout(open, pause);
    };
  };
  open();
  return close;
}

type Message = { hint: Hint } | { state: LiveState } | { end: true } | { ask: true };

/** Where the browser can, one page holds the stream for all: the first that gets the lock, then the next. */
export function listen(url: string, listener: LiveListener): () => void {
  if (!globalThis.navigator?.locks || !globalThis.BroadcastChannel) return holdStream(url, listener);
  const channel = new BroadcastChannel(CHANNEL);
  const leaving = new AbortController();
  let heard = Date.now();
  let leading = false;
  let state: LiveState = 'connecting';
  const note = (next: LiveState) => {
    state = next;
    listener.onState(next);
  };
  const tell = (message: Message) => {
    if (!leaving.signal.aborted) channel.postMessage(message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    heard = Date.now();
    if ('hint' in data) listener.onHint(data.hint);
    else if ('state' in data) note(data.state);
    else if ('end' in data) listener.onEnd();
    else if (leading) tell({ state });
  };
  const both: LiveListener = {
    onHint: (hint) => {
      tell({ hint });
      listener.onHint(hint);
    },
    onState: (next) => {
      tell({ state: next });
      note(next);
    },
    onEnd: () => {
      tell({ end: true });
      listener.onEnd();
    },
  };
  const lead = () =>
    new Promise<void>((release) => {
      leading = true;
      const close = holdStream(url, both);
      leaving.signal.addEventListener('abort', () => {
        close();
        release();
      });
    });
  navigator.locks.request(CHANNEL, { signal: leaving.signal }, lead).catch(() => {});
  const watch = setInterval(() => {
    if (leading) tell({ state });
    else if (Date.now() - heard > DEAF_MS && state !== 'polling') note('polling');
  }, BEAT_MS);
  tell({ ask: true });
  return () => {
    clearInterval(watch);
    leaving.abort();
    channel.close();
  };
}

/** What is made of others' things is asked anew with them. */
const MADE_OF: Record<string, readonly string[]> = {
  alerts: ['overview'],
  incidents: ['overview'],
  rectifications: ['overview'],
  duty: ['overview'],
  sources: ['overview'],
};

export const withMadeOf = (topics: Iterable<string>) =>
  new Set([...topics].flatMap((topic) => [topic, ...(MADE_OF[topic] ?? [])]));

/** Collects hints and passes them on together, at once and then at most every so often; not while nobody looks. */
export function gather(pass: (hint: Hint) => void, everyMs: number, isHidden = () => document.hidden) {
  let topics = new Set<string>();
  let everything = false;
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (isHidden() || (!everything && topics.size === 0)) return;
    const hint: Hint = everything ? 'everything' : [...topics];
    topics = new Set();
    everything = false;
    last = Date.now();
    pass(hint);
  };
  const plan = () => {
    timer ??= setTimeout(flush, Math.max(0, last + everyMs - Date.now()));
  };
  return {
    add: (hint: Hint) => {
      if (hint === 'everything') everything = true;
      else for (const topic of hint) topics.add(topic);
      plan();
    },
    /** Somebody looks again. */
    plan,
    stop: () => clearTimeout(timer),
  };
}
