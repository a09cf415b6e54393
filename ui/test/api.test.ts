// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, setCsrfToken, setUnauthorizedHandler, unwrap } from '../src/api/client';
import { ApiError, adviceFor, apiError, isTemporary, isUnauthorized, wordsOf } from '../src/api/errors';
import { watchAttendance } from '../src/lib/attendance';

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

const fetchMock = vi.fn<(request: Request) => Promise<Response>>();
const unauthorized = vi.fn();

beforeEach(() => {
  vi.stubGlobal('fetch', fetchMock);
  setUnauthorizedHandler(unauthorized);
  setCsrfToken('token-1');
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

const sent = () => fetchMock.mock.calls[0]?.[0];

describe('the client', () => {
  it('shows the session’s token where something changes, and only there', async () => {
    fetchMock.mockImplementation(async () => json(200, {}));
    await unwrap(api.GET('/status'));
    expect(sent()?.headers.get('X-CSRF-Token')).toBeNull();
    fetchMock.mockClear();
    await unwrap(api.PATCH('/alerts/{id}', { params: { path: { id: 'a/b' } }, body: { status: 'closed' } }));
    expect(sent()?.headers.get('X-CSRF-Token')).toBe('token-1');
    expect(sent()?.url).toMatch(/\/api\/v1\/alerts\/a%2Fb$/);
  });

  it('asks for the language of the page', async () => {
    fetchMock.mockImplementation(async () => json(200, {}));
    document.documentElement.lang = 'en';
    await unwrap(api.GET('/status'));
    expect(sent()?.headers.get('Accept-Language')).toBe('en');
    fetchMock.mockClear();
    document.documentElement.lang = 'zh-CN';
    await unwrap(api.GET('/status'));
    expect(sent()?.headers.get('Accept-Language')).toBe('zh-CN');
  });

  it('says when nobody has been at the page for a minute', async () => {
    fetchMock.mockImplementation(async () => json(200, {}));
    const ask = async (after: number) => {
      vi.setSystemTime(Date.now() + after);
      fetchMock.mockClear();
      await unwrap(api.GET('/overview'));
      return sent()?.headers.get('X-Background');
    };
    vi.useFakeTimers({ toFake: ['Date'] });
    watchAttendance();
    document.dispatchEvent(new Event('keydown'));
    expect(await ask(59_000)).toBeNull();
    expect(await ask(2_000)).toBe('true');
    document.dispatchEvent(new Event('pointermove'));
    expect(await ask(0)).toBeNull();
    vi.useRealTimers();
  });

  it('leaves out of the address what is not asked', async () => {
    fetchMock.mockImplementation(async () => json(200, {}));
    await unwrap(api.GET('/alerts', { params: { query: { level: undefined, q: 'a&b' } } }));
    expect(new URL(sent()?.url ?? '').search).toBe('?q=a%26b');
  });

  it('signs out where the session is gone, but not where signing in fails', async () => {
    const body = { code: 'not_signed_in', detail: 'sign in first' };
    fetchMock.mockImplementation(async () => json(401, body));
    await expect(unwrap(api.POST('/session', { body: { username: 'a', password: 'b' } }))).rejects.toSatisfy(
      isUnauthorized,
    );
    expect(unauthorized).not.toHaveBeenCalled();
    await expect(unwrap(api.GET('/status'))).rejects.toSatisfy(isUnauthorized);
    expect(unauthorized).toHaveBeenCalledOnce();
  });

  it('says that the network failed', async () => {
    fetchMock.mockRejectedValue(new TypeError('Failed to fetch'));
    const failed = unwrap(api.GET('/status'));
    await expect(failed).rejects.toMatchObject({ status: 0, code: 'network' });
  });

  it('passes on that a request was given up', async () => {
    fetchMock.mockRejectedValue(new DOMException('gone', 'AbortError'));
    await expect(unwrap(api.GET('/status'))).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes an answer without content', async () => {
    fetchMock.mockImplementation(async () => new Response(null, { status: 204 }));
    await expect(unwrap(api.DELETE('/session'))).resolves.toBeUndefined();
  });
});

describe('errors', () => {
  it('carry the server’s words and column', () => {
    const error = apiError(400, { code: 'syntax', detail: 'expected a value', column: 7 });
    expect(error).toMatchObject({ status: 400, code: 'syntax', message: 'expected a value', column: 7 });
  });

  it.each([undefined, null, '<html>', {}, { code: 'x' }, { code: 1, detail: 'x' }])('survive the body %j', (body) => {
    expect(apiError(502, body)).toMatchObject({ status: 502, code: 'http_502', message: '' });
  });

  it('have an advice each', () => {
    expect(adviceFor(new ApiError(0, '', ''))).toBe('network');
    expect(adviceFor(new ApiError(429, '', ''))).toBe('tooMany');
    expect(adviceFor(new ApiError(503, '', ''))).toBe('unavailable');
    expect(adviceFor(new ApiError(418, '', ''))).toBe('unknown');
    expect(adviceFor(new Error('x'))).toBe('unknown');
  });

  it('quote the server where our advice says less', () => {
    expect(wordsOf(new ApiError(404, 'not_found', 'there is no such alert'))).toBe('');
    expect(wordsOf(new ApiError(503, 'busy', 'the database is busy'))).toBe('the database is busy');
    expect(wordsOf(new ApiError(400, 'bad_time', 'from must be before to'))).toBe('from must be before to');
    expect(wordsOf(new Error('x'))).toBe('');
  });

  it('are worth another try where the server had trouble', () => {
    expect([0, 500, 503].map((status) => isTemporary(new ApiError(status, '', '')))).toEqual([
      true,
      true,
      true,
    ]);
    expect([400, 401, 403, 404].some((status) => isTemporary(new ApiError(status, '', '')))).toBe(false);
    expect(isTemporary(new Error('x'))).toBe(false);
  });
});
