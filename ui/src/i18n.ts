// SPDX-License-Identifier: Apache-2.0
// The console's languages. Chinese unless the person chose otherwise.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { recall, remember } from './lib/storage';
import en from './locales/en.json';
import zhCN from './locales/zh-CN.json';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const isLanguage = (name: string | null): name is Language =>
  (LANGUAGES as readonly (string | null)[]).includes(name);

const chosen = recall('language');

i18next.use(initReactI18next).init({
  resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
  lng: isLanguage(chosen) ? chosen : 'zh-CN',
  fallbackLng: false,
  interpolation: { escapeValue: false },
});

const announce = (language: string) => {
  document.documentElement.lang = language;
};
announce(i18next.language);
i18next.on('languageChanged', announce);

export function setLanguage(language: Language): void {
  remember('language', language);
  i18next.changeLanguage(language);
}

export default i18next;
