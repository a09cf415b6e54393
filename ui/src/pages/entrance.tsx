// SPDX-License-Identifier: Apache-2.0
// The frame of the pages before the console: sign in, and set the first password.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '../components/brand';
import { LanguageSwitch, ThemeSwitch } from '../components/switches';

export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className="entrance">
      <div className="entrance-card">
        <div className="entrance-brand">
          <Brand />
          <span className="muted">{t('app.motto')}</span>
        </div>
        <h1>{title}</h1>
        {children}
        <div className="entrance-foot">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </div>
    </main>
  );
}
