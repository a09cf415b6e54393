// SPDX-License-Identifier: Apache-2.0
// The typed fetch client. The session is a cookie the browser keeps; what changes something also carries
// the session's token, which getSession and signIn return and setCsrfToken remembers in memory only.
import createClient, { type Middleware } from 'openapi-fetch';
import { isAttended } from '../lib/attendance';
import { concealJson, concealUrl, revealJson } from '../lib/hidden';
import { inTurn } from '../lib/in-turn';
import { apiError, networkError } from './errors';
import type { paths } from './schema';

let csrfToken = '';
let onUnauthorized = () => {};

export const setCsrfToken = (token: string) => {
  csrfToken = token;
};

/** Called when the server no longer knows the session. */
export const setUnauthorizedHandler = (handler: () => void) => {
  onUnauthorized = handler;
};

let bearer = '';

/** For a screen that nobody signs in at: an API token in place of the session, kept in memory only. */
export const setBearer = (token: string) => {
  bearer = token;
};

const SIGN_IN = /\/session(\/second-factor)?$/;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

const session: Middleware = {
  onRequest({ request }) {
    // The server's sentences come in the language of the page, not of the browser.
    request.headers.set('Accept-Language', document.documentElement.lang);
    if (!SAFE_METHODS.has(request.method)) request.headers.set('X-CSRF-Token', csrfToken);
    if (bearer) request.headers.set('Authorization', `Bearer ${bearer}`);
    if (!isAttended()) request.headers.set('X-Background', 'true');
    return request;
  },
  onResponse({ request, response }) {
    const signingIn = request.method === 'POST' && SIGN_IN.test(new URL(request.url).pathname);
    // A token that ended is for whoever set it to tell: there is no session to forget.
    if (response.status === 401 && !signingIn && !bearer) onUnauthorized();
  },
  onError({ error }) {
    return error instanceof DOMException && error.name === 'AbortError' ? error : networkError();
  },
};

/** Core asks the store few questions at once and refuses more: a page that has many asks them in turn. */
const OF_STORE = /\/api\/v1\/(events|who|assets\/\d+\/)/;
const toStore = inTurn(4);

/** What comes from logs is seen as it is, and goes back as it was (lib/hidden.ts). */
async function cross(request: Request): Promise<Response> {
  const url = concealUrl(request.url);
  const ask = () => globalThis.fetch(url === request.url ? request : new Request(url, request));
  const response = await (OF_STORE.test(url) ? toStore(ask) : ask());
  if (!response.headers.get('Content-Type')?.includes('json')) return response;
  const { status, statusText, headers } = response;
  return new Response(revealJson(await response.text()), { status, statusText, headers });
}

const concealed = (body: unknown) => (body instanceof Blob ? body : concealJson(JSON.stringify(body)));

export const api = createClient<paths>({
  baseUrl: `${globalThis.location?.origin ?? ''}/api/v1`,
  fetch: cross,
  bodySerializer: concealed,
});
api.use(session);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's content, or an ApiError thrown. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw apiError(response.status, error);
  return data as T;
}
