// SPDX-License-Identifier: Apache-2.0
// Keeps what is on the screen up to date: the server says which topics changed, and what is shown of them is asked anew. Where
// the stream is away everything is asked every few seconds. A question with meta.held keeps its answer until its page asks.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { SESSION_KEY } from '../api/queries';
import { gather, type Hint, type LiveState, listen, POLL_MS, withMadeOf } from '../lib/live';

/** New content at most this often, however much happens. */
const EVERY_MS = 2_000;
const STREAM_URL = '/api/v1/stream';

const State = createContext<LiveState>('connecting');

export const useLiveState = () => useContext(State);

/** Topics of the stream, and what is made of them. Neither what does not change by itself, nor what is recorded in the audit
 * trail when it is asked (one alert, the trail): keys of those begin otherwise. */
const LIVE_TOPICS = new Set([
  'alerts',
  'incidents',
  'rectifications',
  'reports',
  'duty',
  'sources',
  'rules',
  'assets',
  'outbox',
  'views',
  'overview',
]);

function refresh(client: QueryClient, hint: Hint): void {
  const topics = hint === 'everything' ? LIVE_TOPICS : withMadeOf(hint);
  client.invalidateQueries({
    predicate: ({ queryKey, meta }) => !meta?.held && topics.has(String(queryKey[0])),
  });
}

function useLive(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => {
    const hints = gather((hint) => refresh(client, hint), EVERY_MS);
    const stop = listen(STREAM_URL, {
      onHint: hints.add,
      onState: setState,
      onEnd: () => client.invalidateQueries({ queryKey: SESSION_KEY }),
    });
    document.addEventListener('visibilitychange', hints.plan);
    return () => {
      document.removeEventListener('visibilitychange', hints.plan);
      hints.stop();
      stop();
    };
  }, [client]);
  useEffect(() => {
    if (state !== 'polling') return;
    const timer = setInterval(() => document.hidden || refresh(client, 'everything'), POLL_MS);
    return () => clearInterval(timer);
  }, [client, state]);
  return state;
}

export function LiveProvider({ children }: { children: ReactNode }) {
  return <State value={useLive()}>{children}</State>;
}
