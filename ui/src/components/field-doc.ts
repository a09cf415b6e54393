// SPDX-License-Identifier: Apache-2.0
// What a field holds, in the console's language. The English words come with the field table, from which the
// program's own documentation is made; the Chinese are here with all other words a person reads.
import { useTranslation } from 'react-i18next';
import type { Field } from '../api/types';
import chinese from '../locales/fields.zh-CN.json';

const CHINESE: Record<string, string> = chinese;

export function useFieldDoc(): (field: Field) => string {
  const { i18n } = useTranslation();
  return ({ name, doc }) => (i18n.language === 'zh-CN' ? (CHINESE[name] ?? doc) : doc);
}
