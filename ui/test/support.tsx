// SPDX-License-Identifier: Apache-2.0
// Draws a component as the console would: in English, with a server that answers from a table.
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render } from '@testing-library/react';
import { App } from 'antd';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, vi } from 'vitest';
import { newQueryClient } from '../src/api/queries';
import i18n from '../src/i18n';

/** "GET /api/v1/status" → the answer's body, or a response of its own. */
export type Answers = Record<string, unknown>;

export function serve(answers: Answers) {
  const asked: Request[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request);
    const answer = answers[`${request.method} ${new URL(request.url).pathname}`];
    return answer instanceof Response ? answer : Response.json(answer ?? null);
  });
  return asked;
}

export const refuse = (status: number, message: string, more = {}) =>
  Response.json({ code: 'code', detail: message, ...more }, { status });

export function draw(element: ReactNode, path = '/') {
  return render(
    <MemoryRouter initialEntries={[path]}>
      <QueryClientProvider client={newQueryClient()}>
        <App>{element}</App>
      </QueryClientProvider>
    </MemoryRouter>,
  );
}

beforeAll(() => i18n.changeLanguage('en'));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
