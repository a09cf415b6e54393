// SPDX-License-Identifier: Apache-2.0
// What a setting is, in the console's language: as with fields, the English words are the program's own.
import { useTranslation } from 'react-i18next';
import type { Setting } from '../api/admin-queries';
import chinese from '../locales/settings.zh-CN.json';

const CHINESE: Record<string, string> = chinese;

export function useSettingDoc(): (setting: Setting) => string {
  const { i18n } = useTranslation();
  return ({ name, about }) => (i18n.language === 'zh-CN' ? (CHINESE[name] ?? about) : about);
}
