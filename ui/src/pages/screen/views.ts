// SPDX-License-Identifier: Apache-2.0
// The views of the screen, in their turn.

export const VIEWS = ['total', 'assets', 'hazards', 'attacks', 'incidents', 'notices'] as const;
export type ViewName = (typeof VIEWS)[number];

export const isView = (name: string | undefined): name is ViewName =>
  (VIEWS as readonly (string | undefined)[]).includes(name);

export const next = (view: ViewName, by: 1 | -1): ViewName =>
  VIEWS[(VIEWS.indexOf(view) + by + VIEWS.length) % VIEWS.length] ?? VIEWS[0];

const SECONDS = 20;
const SECONDS_LEAST = 5;
const SECONDS_MOST = 3600;

/** ?every=30: how long each is shown; 0: until somebody moves on. */
export function secondsOf(params: URLSearchParams): number {
  const text = params.get('every') ?? '';
  const every = Number(text);
  if (text === '' || !Number.isInteger(every) || every < 0) return SECONDS;
  return every === 0 ? 0 : Math.min(SECONDS_MOST, Math.max(SECONDS_LEAST, every));
}
