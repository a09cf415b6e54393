// SPDX-License-Identifier: Apache-2.0
// Providers and routes. Each page is a chunk of its own.
import { QueryClientProvider } from '@tanstack/react-query';
import { App, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { newQueryClient } from './api/queries';
import i18next, { type Language } from './i18n';
import { NotFound, PageError } from './pages/fault';
import { Gate } from './pages/gate';
import { PAGES } from './pages/pages';
import { ANT_THEMES, ThemeProvider, useTheme } from './theme';

const ANT_LOCALES: Record<Language, typeof zhCN> = { 'zh-CN': zhCN, en: enUS };

/** The server puts the nonce of the Content-Security-Policy here; unreplaced, there is no policy. */
function cspNonce(): string | undefined {
  const content = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  return content && !content.startsWith('__') ? content : undefined;
}

const csp = { nonce: cspNonce() };
const queryClient = newQueryClient();

// What the server said it said in the language it was asked in.
i18next.on('languageChanged', () => void queryClient.invalidateQueries());

const router = createBrowserRouter([
  // Without the frame, and with a way of its own to be somebody: a wall has no keyboard.
  { path: '/screen/:view?', lazy: () => import('./pages/screen/page'), ErrorBoundary: PageError, HydrateFallback: () => null },
  {
    path: '/',
    Component: Gate,
    ErrorBoundary: PageError,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: PageError,
        children: [
          ...PAGES.map(({ path, load }) => ({ path: path.slice(1), lazy: load })),
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
]);

function Configured({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const { name } = useTheme();
  return (
    <ConfigProvider
      csp={csp}
      locale={ANT_LOCALES[i18n.language as Language]}
      theme={ANT_THEMES[name]}
      wave={{ disabled: true }}
      button={{ autoInsertSpace: false }}
    >
      <App>{children}</App>
    </ConfigProvider>
  );
}

export function Console() {
  return (
    <ThemeProvider>
      <QueryClientProvider client={queryClient}>
        <Configured>
          <RouterProvider router={router} />
        </Configured>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
