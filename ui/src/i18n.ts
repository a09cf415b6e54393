// SPDX-License-Identifier: Apache-2.0
// The console's languages. Chinese unless the person chose otherwise; a language's words are loaded when it is spoken.
import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { recall, remember } from './lib/storage';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const WORDS = {
  'zh-CN': () => import('./locales/zh-CN'),
  en: () => import('./locales/en'),
};

const isLanguage = (name: string | null): name is Language =>
  (LANGUAGES as readonly (string | null)[]).includes(name);

const words: BackendModule = {
  type: 'backend',
  init() {},
  // Both parameters are named, since i18next counts them to know that this one promises.
  read: async (language, _namespace) => (isLanguage(language) ? (await WORDS[language]()).default : {}),
};

const chosen = recall('language');

const announce = (language: string) => {
  document.documentElement.lang = language;
};
i18next.on('languageChanged', announce);

/** Kept when the words are there. */
export const spoken = i18next
  .use(words)
  .use(initReactI18next)
  .init({
    lng: isLanguage(chosen) ? chosen : 'zh-CN',
    fallbackLng: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });

export async function setLanguage(language: Language): Promise<void> {
  remember('language', language);
  await i18next.changeLanguage(language);
}

export default i18next;
