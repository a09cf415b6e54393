// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';

/** An incident's title: the one of the rule it is named after in the console's language, else as it was named. */
export function useIncidentTitle(): (incident: { title: string; title_en?: string | undefined }) => string {
  const { i18n } = useTranslation();
  return ({ title, title_en }) => (i18n.language === 'zh-CN' ? title : title_en || title);
}

/** What a rule says, in the console's language: rules of ours say it in Chinese too, others only in their own. */
export function useRuleWords(): <T>(words: T, chinese: T | undefined) => T {
  const { i18n } = useTranslation();
  return (words, chinese) => (i18n.language === 'zh-CN' && chinese ? chinese : words);
}

/** A rule's title in the console's language. */
export const useRuleTitle: () => (title: string, chinese: string | undefined) => string = useRuleWords;
