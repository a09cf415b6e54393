// SPDX-License-Identifier: Apache-2.0
// The few calls that a link is good for. Its secret stands behind the # of the address, which browsers send to
// nobody, and goes into a header alone.
import type { components } from '../api/schema';

export type Reply = components['schemas']['Reply'];
export type Report = Pick<components['schemas']['ReplyReport'], 'cause' | 'measures' | 'result'>;

export class ReplyError extends Error {
  constructor(
    readonly status: number, // 0: the server cannot be reached
    message: string,
    readonly code = '',
  ) {
    super(message);
  }
}

export const tokenOf = (hash: string) => hash.replace(/^#/, '');

async function request(token: string, path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/reply${path}`, {
      ...init,
      credentials: 'omit',
      headers: { ...init.headers, 'X-Link-Token': token, 'Accept-Language': document.documentElement.lang },
    });
  } catch {
    throw new ReplyError(0, '');
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new ReplyError(response.status, problem.detail ?? `HTTP ${response.status}`, problem.code);
}

const json = { 'Content-Type': 'application/json' };
const reply = async (response: Promise<Response>): Promise<Reply> => (await response).json();

export const load = (token: string) => reply(request(token, ''));
export const confirm = (token: string) => reply(request(token, '/confirm', { method: 'POST' }));

export const putReport = (token: string, version: number, report: Report, submit: boolean) =>
  reply(
    request(token, '/report', {
      method: 'PUT',
      headers: { ...json, 'If-Match': `"v${version}"` },
      body: JSON.stringify({ ...report, submit }),
    }),
  );

export const askExtension = (token: string, until: string, reason: string) =>
  reply(
    request(token, '/extension', { method: 'POST', headers: json, body: JSON.stringify({ until, reason }) }),
  );

export const addFile = (token: string, file: File) =>
  reply(
    request(token, `/files?name=${encodeURIComponent(file.name)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: file,
    }),
  );

export const removeFile = (token: string, id: number) =>
  reply(request(token, `/files/${id}`, { method: 'DELETE' }));

/** A plain link could not carry the header. */
export async function download(token: string, path: string, name: string): Promise<void> {
  const response = await request(token, path);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
