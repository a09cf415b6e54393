// SPDX-License-Identifier: Apache-2.0
// One shape for everything that can go wrong between the browser and the server.

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 where no answer came at all. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** Where in the query, in bytes from 1. */
    readonly column?: number,
    /** Of a query of several lines; the first where absent. */
    readonly line?: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** What the server answers, RFC 9457. */
interface Problem {
  code: string;
  detail: string;
  column?: number;
  line?: number;
}

function isProblem(body: unknown): body is Problem {
  const problem = body as Partial<Problem> | null | undefined;
  return typeof problem?.code === 'string' && typeof problem.detail === 'string';
}

/** Turns an unsuccessful answer into an ApiError, also where a proxy in between answered with a page. */
export function apiError(status: number, body: unknown): ApiError {
  if (isProblem(body)) return new ApiError(status, body.code, body.detail, body.column, body.line);
  return new ApiError(status, `http_${status}`, '');
}

export function networkError(): ApiError {
  return new ApiError(0, 'network', '');
}

export const isUnauthorized = (error: unknown) => error instanceof ApiError && error.status === 401;

/** Asking again helps only where the server or the way to it was the trouble. */
export const isTemporary = (error: unknown) =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500);

/** Locale keys (below `error`) that say what to do; the server's own words serve for the rest. */
const ADVICE = {
  0: 'network',
  403: 'forbidden',
  404: 'notFound',
  429: 'tooMany',
  500: 'server',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
} as const;

export type Advice = (typeof ADVICE)[keyof typeof ADVICE] | 'unrecorded' | 'unknown';

/** What could not be written into the audit trail was not done; that took its time already. */
export const isUnrecorded = (error: unknown) =>
  error instanceof ApiError && error.code === 'audit_unavailable';

export function adviceFor(error: unknown): Advice {
  if (isUnrecorded(error)) return 'unrecorded';
  const status = error instanceof ApiError ? error.status : -1;
  return (ADVICE as Record<number, Advice | undefined>)[status] ?? 'unknown';
}

/** The server's own words, where they say more than our advice. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return '';
  const known = adviceFor(error) !== 'unknown' && error.status < 500;
  return known ? '' : error.message;
}
